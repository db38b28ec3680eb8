const cell = new Int32Array(new SharedArrayBuffer(4))

/** Stops this thread for a while: for the end of a process, where no timer runs any more. */
export function sleepSync(ms: number): void {
  Atomics.wait(cell, 0, 0, ms)
}
