import { isControl } from '../bytes/json-text.js'

/** Text in which nothing can drive a terminal or forge a line; newlines stay, for the caller to indent. */
export function safeText(text: string): string {
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
  return (from === 0 ? text : safe + text.slice(from)).toWellFormed()
}
