import { ByteBuffer } from '../../src/bytes/byte-buffer.js'
import { writeJsonText } from '../../src/bytes/json-text.js'

/** What is escaped although `JSON.stringify` leaves it alone: DEL, C1, the line separators, bidirectional controls. */
const ESCAPED_TOO = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** `JSON.stringify` with the documented deviations, too simple to be wrong. */
export function jsonTextOracle(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    ESCAPED_TOO,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** What {@link writeJsonText} appends to a buffer of that capacity that holds `before` already. */
export function written(text: string, capacity = 16, before = ''): string {
  const out = new ByteBuffer(capacity)
  for (const letter of before) out.byte(letter.charCodeAt(0))
  writeJsonText(out, text)
  const kept = out.toString().slice(0, before.length)
  if (kept !== before) return `<what stood before became ${kept}>`
  return out.toString(before.length)
}

/** The texts, of many, that are not written as the oracle says; a sample, so that a failure can be read. */
export function differences(texts: Iterable<string>, capacity?: number, before?: string): string[] {
  const found: string[] = []
  for (const text of texts) {
    const got = written(text, capacity, before)
    const want = jsonTextOracle(text)
    if (got !== want && found.length < 10) found.push(`${JSON.stringify(text)}: got ${got}, want ${want}`)
  }
  return found
}
