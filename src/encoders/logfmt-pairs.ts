import { ByteBuffer } from '../bytes/byte-buffer.js'
import { endOfString, endOfValue } from './json-scratch.js'
import { writeLogfmtKey, writeLogfmtKeyToken, writeLogfmtToken, writeQuotedJson } from './logfmt-text.js'

const SPACE = 0x20
const QUOTE = 0x22
const POINT = 0x2e
const EQUALS = 0x3d
const OPEN_BRACKET = 0x5b
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** Appends a JSON value as the value of one key: text and scalars as logfmt has them, a container as quoted JSON. */
export function writeLogfmtValue(out: ByteBuffer, json: Uint8Array, from: number, to: number): void {
  const first = json[from]
  if (first === QUOTE) writeLogfmtToken(out, json, from, to)
  else if (first === OPEN_BRACE || first === OPEN_BRACKET) writeQuotedJson(out, json, from, to)
  else out.copyRange(json, from, to)
}

/**
 * Writes a JSON object as pairs with dotted keys: `{"last4":4242,"bank":{"id":7}}` under `card` as
 * ` card.last4=4242 card.bank.id=7`. Arrays and empty objects stay JSON text: no reader of logfmt asks for `items.0.id`.
 */
export class DottedPairs {
  /** The key of the object under way, with what stands above it. */
  private readonly path = new ByteBuffer(256)

  /**
   * Appends the pairs of the object that begins at `from`.
   *
   * @returns false when the line grew beyond `limit`; what was written until then is for the caller to take back.
   */
  write(out: ByteBuffer, name: string, json: Uint8Array, from: number, limit: number): boolean {
    this.path.length = 0
    writeLogfmtKey(this.path, name, false)
    return this.object(out, json, from, limit) >= 0
  }

  /** Its depth is that of the JSON text, which the limits bound. Returns the place behind the object, or -1. */
  private object(out: ByteBuffer, json: Uint8Array, from: number, limit: number): number {
    const { path } = this
    const above = path.length
    let at = from
    do {
      const nameEnd = endOfString(json, at + 1)
      path.byte(POINT)
      writeLogfmtKeyToken(path, json, at + 1, nameEnd)
      at = nameEnd + 1
      if (json[at] === OPEN_BRACE && json[at + 1] !== CLOSE_BRACE) at = this.object(out, json, at, limit)
      else {
        const end = endOfValue(json, at)
        out.byte(SPACE)
        out.copyRange(path.bytes, 0, path.length)
        out.byte(EQUALS)
        writeLogfmtValue(out, json, at, end)
        at = end
      }
      if (at < 0 || out.length > limit) return -1
      path.length = above
    } while (json[at] !== CLOSE_BRACE)
    return at + 1
  }
}
