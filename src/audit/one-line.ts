import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { MAX_LINE_BYTES } from './chain.js'
import { isRecordLine, recordLine } from './record.js'

/** Base64 and the record around it make an entry longer. */
const MAX_QUOTED_BYTES = ((MAX_LINE_BYTES - 64) / 4) * 3

/**
 * Makes an entry, the bytes from `start` on, one line of an audit file: an entry that would look like a record, or has
 * a newline within, is quoted. Returns false where it is too long for one.
 */
export function makeOneLine(block: ByteBuffer, start: number): boolean {
  if (block.length === start || block.bytes[block.length - 1] !== 0x0a) block.byte(0x0a)
  const { bytes } = block
  const end = block.length - 1
  const isOneLine = bytes.indexOf(0x0a, start) === end
  if (isOneLine && !isRecordLine(bytes, start, end)) return end - start <= MAX_LINE_BYTES
  if (end - start > MAX_QUOTED_BYTES) return false
  const quoted = recordLine({ '@audit': 'line', base64: bytes.toString('base64', start, end) })
  block.length = start
  block.copyRange(quoted, 0, quoted.length)
  block.byte(0x0a)
  return true
}
