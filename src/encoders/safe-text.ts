import { isControl } from '../bytes/json-text.js'
import { bounded, DEFAULT_LIMITS } from './limits.js'

/** Text for the middle of a line: {@link safeText} without newlines. */
export function safeWord(text: string): string {
  const safe = safeText(text)
  return safe.includes('\n') ? safe.replaceAll('\n', '\\n') : safe
}

/** Text in which nothing can drive a terminal or forge a line, within the bound for strings; newlines stay, for the caller to indent. */
export function safeText(whole: string): string {
  const text = bounded(whole, DEFAULT_LIMITS.maxStringLength)
  let safe = ''
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0x0a || (unit >= 0x20 && unit < 0x7f) || (unit > 0x7f && !isControl(unit))) continue
    safe += text.slice(from, i)
    // A carriage return before a newline is part of the line's end.
    if (unit === 0x09) safe += '\t'
    else if (unit !== 0x0d || text.charCodeAt(i + 1) !== 0x0a) safe += `\\u${unit.toString(16).padStart(4, '0')}`
    from = i + 1
  }
  if (from === 0) return text.toWellFormed()
  // Escapes are longer than what they stand for: such a text gets less room.
  return bounded((safe + text.slice(from)).toWellFormed(), 2 * DEFAULT_LIMITS.maxStringLength)
}
