import { ByteBuffer, type Entry, type Output } from 'wideline'

/** An output that takes entries, and hands them to a function. */
export function entryTaker(take: (entry: Entry) => void): Output {
  let taken = 0
  return {
    begin: () => new ByteBuffer(64),
    commit: () => undefined,
    receive: (entry) => {
      take(entry)
      taken++
    },
    flush: () => Promise.resolve(),
    flushSync: () => undefined,
    close: () => Promise.resolve(),
    stats: () => ({ accepted: taken, written: taken, pending: 0, failed: 0, dropped: {}, bytes: 0 }),
  }
}
