import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { isControl } from '../bytes/json-text.js'

const SHORT_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
])

/**
 * Appends a text for people: as it is, without quotes, but with every control escaped (`\n`, `\u001b`), so that it stays
 * on its line and cannot drive a terminal. Quotes and backslashes stay, so it cannot be turned back for certain.
 */
export function writePlainText(out: ByteBuffer, text: string): void {
  const units = text.length
  out.reserve(units)
  const { bytes } = out
  let at = out.length
  for (let i = 0; i < units; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || unit >= 0x7f) {
      writeEscaped(out, text)
      return
    }
    bytes[at++] = unit
  }
  out.length = at
}

function writeEscaped(out: ByteBuffer, text: string): void {
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x20 && (unit < 0x7f || !isControl(unit))) continue
    if (i > from) out.text(text.slice(from, i))
    out.text(SHORT_ESCAPES.get(unit) ?? `\\u${unit.toString(16).padStart(4, '0')}`)
    from = i + 1
  }
  if (from < text.length) out.text(text.slice(from))
}
