import type NodeFs from 'node:fs'
import type NodeThreads from 'node:worker_threads'

/** Where the words of a ring's control block are, and the states of {@link RingWords.state}. */
export interface RingWords {
  /** Who may touch the queue: see {@link RingStates}. */
  readonly state: number
  /** Blocks that are full, and blocks that are written. Both count up. */
  readonly sealed: number
  readonly read: number
  /** Bytes of the block being read that are written. */
  readonly readAt: number
  /** Bytes of the write under way. */
  readonly chunk: number
  /** Raised when there is something new; 1 while the worker sleeps until then. */
  readonly signal: number
  readonly sleeps: number
  /** Set when the worker runs. */
  readonly isReady: number
  /** Set when the worker ends: the main thread may be waiting for it, and hear nothing else. */
  readonly isEnded: number
  /** Where the columns of the queue begin: a place's block, its bytes, its descriptor. */
  readonly blocks: number
  readonly lengths: number
  readonly descriptors: number
}

/** The worker goes idle → choosing → writing → idle; the main thread holds the queue in between, or while it writes. */
export interface RingStates {
  readonly idle: number
  readonly choosing: number
  readonly writing: number
  readonly held: number
  readonly heldWriting: number
}

/** What a drain is given: everything, because its source runs by itself. */
export interface DrainSettings {
  readonly control: SharedArrayBuffer
  readonly data: SharedArrayBuffer
  /** The file's size before the write under way; then the longest write in milliseconds. */
  readonly numbers: SharedArrayBuffer
  /** How many writes took how long. */
  readonly latency: SharedArrayBuffer
  readonly latencySteps: number
  readonly places: number
  readonly blockBytes: number
  readonly isFile: boolean
  readonly fsync: 'never' | 'interval' | 'always'
  readonly fsyncIntervalMs: number
  readonly slowMs: number
  readonly words: RingWords
  readonly states: RingStates
}

/** What a drain tells the main thread: a fault with the system's error number, or a write that took long. */
export type DrainNews = { readonly errno: number; readonly call: 'write' | 'sync' } | { readonly slowMs: number }

/**
 * Writes what is put into a ring, in order, until the main thread takes the ring away. Runs in a worker from its own
 * source, so that it needs no module to be found: it must use nothing but its argument and what every worker has.
 */
export function drainRing(load: NodeJS.Require): void {
  const fs = load('node:fs') as typeof NodeFs
  const { parentPort, workerData } = load('node:worker_threads') as typeof NodeThreads
  const settings = workerData as DrainSettings
  const { words, states, places, blockBytes, fsync } = settings
  const control = new Int32Array(settings.control)
  const data = new Uint8Array(settings.data)
  const numbers = new Float64Array(settings.numbers)
  const counts = new Uint32Array(settings.latency)
  const finalErrors = settings.isFile ? ['EPIPE'] : ['EPIPE', 'ECONNRESET', 'EINVAL', 'ENXIO', 'EBADF']
  const retryMs = 10
  const faultRetryMs = 250
  const sleepMs = fsync === 'interval' ? settings.fsyncIntervalMs : 1_000
  // Waking this thread costs the main thread as much as ten lines: it looks some times by itself before it sleeps.
  const lookMs = 1
  const looksBeforeSleep = 3
  const nothing = -1
  const final = -2
  let unsynced = -1
  let lastSync = performance.now()

  // Methods, not functions with names: what bundlers wrap around those would not be there in the worker.
  const drain = {
    /** Takes the queue; waits while the main thread has it, for ever once that has it for good. */
    take(): void {
      for (;;) {
        const state = Atomics.compareExchange(control, words.state, states.idle, states.choosing)
        if (state === states.idle) return
        Atomics.wait(control, words.state, state, 1_000)
      }
    },

    give(): void {
      while (Atomics.compareExchange(control, words.state, states.writing, states.idle) !== states.writing)
        Atomics.wait(control, words.state, states.heldWriting, 1)
      Atomics.notify(control, words.state)
    },

    sync(): void {
      if (unsynced < 0) return
      try {
        fs.fdatasyncSync(unsynced)
      } catch (error) {
        const { errno = 0, code } = error as NodeJS.ErrnoException
        // Closed by the main thread, which synced it before.
        if (code !== 'EBADF') parentPort?.postMessage({ errno, call: 'sync' } satisfies DrainNews)
      }
      unsynced = -1
      lastSync = performance.now()
    },

    measure(ms: number): void {
      const us = ms * 1000
      counts[us > 1 ? Math.min(counts.length - 1, Math.floor(Math.log2(us) * settings.latencySteps)) : 0]++
      if (ms > numbers[1]) numbers[1] = ms
      if (ms > settings.slowMs) parentPort?.postMessage({ slowMs: ms } satisfies DrainNews)
    },

    /** Milliseconds to wait before the next write. */
    write(descriptor: number, from: number, at: number, end: number): number {
      const start = performance.now()
      try {
        const written = fs.writeSync(descriptor, data, from + at, end - at)
        Atomics.store(control, words.readAt, at + written)
        Atomics.notify(control, words.readAt)
        drain.measure(performance.now() - start)
        if (fsync !== 'never') unsynced = descriptor
        if (fsync === 'always') drain.sync()
        return 0
      } catch (error) {
        const { errno = 0, code = '' } = error as NodeJS.ErrnoException
        if (code === 'EINTR') return 0
        if (code === 'EAGAIN') return retryMs
        // The main thread takes over from a worker that has ended, and deals with what is left.
        if (finalErrors.includes(code)) return final
        parentPort?.postMessage({ errno, call: 'write' } satisfies DrainNews)
        return faultRetryMs
      }
    },

    /** One write of what is there: how long to wait before the next one, or that there was nothing, or that it was the last. */
    step(): number {
      drain.take()
      let place = control[words.read] % places
      let at = control[words.readAt]
      const sealed = Atomics.load(control, words.sealed)
      let end = Atomics.load(control, words.lengths + place)
      if (at === end && control[words.read] !== sealed) {
        at = 0
        Atomics.store(control, words.readAt, 0)
        Atomics.add(control, words.read, 1)
        Atomics.notify(control, words.read)
        place = control[words.read] % places
        end = Atomics.load(control, words.lengths + place)
      }
      const descriptor = control[words.descriptors + place]
      const from = control[words.blocks + place] * blockBytes
      if (at === end) {
        Atomics.store(control, words.state, states.writing)
        drain.give()
        return nothing
      }
      control[words.chunk] = end - at
      if (settings.isFile) numbers[0] = fs.fstatSync(descriptor).size
      Atomics.store(control, words.state, states.writing)
      // Another file now: what went to the last one is made safe before that is let go.
      if (unsynced >= 0 && unsynced !== descriptor) drain.sync()
      const wait = drain.write(descriptor, from, at, end)
      drain.give()
      return wait
    },

    isIdle(): boolean {
      return (
        Atomics.load(control, words.read) === Atomics.load(control, words.sealed) &&
        Atomics.load(control, words.readAt) ===
          Atomics.load(control, words.lengths + (Atomics.load(control, words.read) % places))
      )
    },
  }

  process.once('exit', () => {
    Atomics.store(control, words.isEnded, 1)
    Atomics.notify(control, words.readAt)
  })
  Atomics.store(control, words.isReady, 1)
  Atomics.notify(control, words.isReady)
  let looks = 0
  for (;;) {
    const signal = Atomics.load(control, words.signal)
    const wait = drain.step()
    if (wait === final) return
    if (fsync === 'interval' && performance.now() - lastSync >= settings.fsyncIntervalMs) drain.sync()
    if (wait !== nothing) looks = 0
    if (wait > 0) Atomics.wait(control, words.signal, signal, wait)
    else if (wait === nothing && looks++ < looksBeforeSleep) Atomics.wait(control, words.signal, signal, lookMs)
    else if (wait === nothing) {
      // Whoever adds a line after this sees that it must raise the signal; a line from before is seen here.
      Atomics.store(control, words.sleeps, 1)
      if (drain.isIdle()) Atomics.wait(control, words.signal, signal, sleepMs)
      Atomics.store(control, words.sleeps, 0)
    }
  }
}
