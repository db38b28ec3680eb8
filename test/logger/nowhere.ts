import type { Output } from 'wideline'
import { ByteBuffer } from '../../src/bytes/byte-buffer.js'

/** An output that keeps nothing. */
export function nowhere(): Output {
  const line = new ByteBuffer(1024)
  return {
    begin() {
      line.length = 0
      return line
    },
    commit: () => undefined,
    flush: () => Promise.resolve(),
    flushSync: () => undefined,
    close: () => Promise.resolve(),
    stats: () => ({ accepted: 0, written: 0, pending: 0, failed: 0, dropped: {}, bytes: 0 }),
  }
}
