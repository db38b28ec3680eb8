// Made when it is needed: a snapshot of a program at its start cannot hold shared memory.
let cell: Int32Array<SharedArrayBuffer> | undefined

/** Stops this thread for a while: for the end of a process, where no timer runs any more. */
export function sleepSync(ms: number): void {
  cell ??= new Int32Array(new SharedArrayBuffer(4))
  Atomics.wait(cell, 0, 0, ms)
}
