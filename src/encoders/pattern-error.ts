import type { Fields } from '../entry/fields.js'
import { type ErrorParts, errorParts, partText } from './error-parts.js'

/** Lines shown of one error with all its causes. */
const MAX_LINES = 500
const INDENT = '    '
/** Parts that have a place of their own in the text. */
const PLACED: ReadonlySet<string> = new Set(['type', 'message', 'stack', 'cause', 'errors'])

/** `TypeError: no such order`. */
export function errorHeading(fields: Fields, row: number): string {
  return heading(partsOf(fields, row))
}

/** An error as lines: its heading, its frames a step deeper, then its causes. They are not escaped yet. */
export function errorLines(fields: Fields, row: number): string[] {
  const lines: string[] = []
  addError(lines, '', partsOf(fields, row))
  return lines
}

function partsOf({ values, table, keys }: Fields, row: number): ErrorParts {
  return errorParts(values[row], table, keys[row])
}

function addError(lines: string[], label: string, parts: ErrorParts): void {
  if (lines.length >= MAX_LINES) return
  let first = label + heading(parts)
  for (const [name, value] of Object.entries(parts)) if (!PLACED.has(name)) first += ` ${name}=${partText(value)}`
  lines.push(first)
  for (const frame of framesOf(parts.stack)) lines.push(INDENT + frame)
  if (parts['cause'] !== undefined) addNested(lines, 'caused by ', parts['cause'])
  const { errors } = parts as { errors?: unknown }
  if (Array.isArray(errors)) errors.forEach((each, i) => addNested(lines, `errors[${i}] `, each))
}

function addNested(lines: string[], label: string, nested: unknown): void {
  if (typeof nested === 'object' && nested !== null && 'type' in nested) addError(lines, label, nested as ErrorParts)
  else lines.push(label + partText(nested))
}

function heading(parts: ErrorParts): string {
  return `${parts.type}: ${partText(parts.message)}`
}

/** The lines of a stack behind the message, which may have lines of its own. */
function framesOf(stack: unknown): string[] {
  if (typeof stack !== 'string') return []
  const start = stack.search(/^ {4}at /m)
  return start < 0
    ? []
    : stack
        .slice(start, start + 16_384)
        .split('\n', MAX_LINES)
        .map((frame) => frame.trim())
}
