import type { ByteBuffer } from '../bytes/byte-buffer.js'
import type { FieldEncoder } from '../entry/context.js'
import type { Entry } from '../entry/entry.js'

/**
 * Turns entries into bytes, in place: it appends one whole line, newline included, and keeps nothing of the entry.
 *
 * It may throw: what it wrote of the line is then taken back, and the line is written without its fields.
 */
export interface Encoder extends FieldEncoder {
  /** Keys the format writes itself; a field of that name gets a leading underscore. */
  readonly reservedKeys: readonly string[]
  /** @internal Whether it takes entries whose fields are not in the columns yet: see {@link Entry.offer}. */
  readonly readsBags?: boolean
  /** Appends one line, newline and all, to the buffer. */
  encode(entry: Entry, out: ByteBuffer): void
}
