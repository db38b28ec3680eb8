import type { ByteBuffer } from '../bytes/byte-buffer.js'
import type { Context, FieldEncoder } from '../entry/context.js'
import type { Entry } from '../entry/entry.js'
import type { SetPlan } from '../entry/field.js'

/**
 * Turns entries into bytes, in place: it appends one whole line, newline included, and keeps nothing of the entry.
 *
 * It may throw: what it wrote of the line is then taken back, and the line is written without its fields.
 */
export interface Encoder extends FieldEncoder {
  /** Keys the format writes itself; a field of that name gets a leading underscore. */
  readonly reservedKeys: readonly string[]
  /** @internal The {@link encode} that its {@link encodeCall} writes the same as. */
  readonly encodesLike?: Encoder['encode']
  /** @internal Encoders whose forms are one object write the same. */
  readonly form?: object
  /** Appends one line, newline and all, to the buffer. */
  encode(entry: Entry, out: ByteBuffer): void
  /**
   * @internal Appends a line that has no entry: see {@link ShortWay}.
   *
   * @param rest - Holds the time, and takes in the fields that have to go by way of columns.
   * @param bag - The call's fields as they were given.
   * @param plan - What declares them; undefined for loose ones.
   * @throws where the line has to be made of an entry after all, in place of what was appended.
   */
  encodeCall?(
    rest: Entry,
    level: number,
    logger: string,
    context: Context,
    message: string | undefined,
    bag: object | undefined,
    plan: SetPlan | undefined,
    out: ByteBuffer,
  ): void
}
