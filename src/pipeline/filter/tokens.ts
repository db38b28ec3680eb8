import { FilterError } from './filter-error.js'

/** One word of an expression. */
export interface Token {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'sign' | 'end'
  readonly text: string
  /** Where it begins, from 1. */
  readonly column: number
}

/** Longest first: `>=` is no `>`. */
const SIGNS = ['!=', '!~', '>=', '<=', '==', '&&', '||', '=', '>', '<', '~', '(', ')', ',', '!']
const WORD = /[\p{L}_$@][\p{L}\p{N}_$@.:/-]*/uy
const NUMBER = /-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y
const MAX_UNITS = 4096

/** Takes an expression apart. @throws FilterError */
export function tokens(expression: string): Token[] {
  if (expression.length > MAX_UNITS) throw new FilterError(MAX_UNITS, `at most ${MAX_UNITS} characters`, expression)
  const found: Token[] = []
  let at = 0
  while (at < expression.length) {
    const column = at + 1
    const letter = expression[at]
    if (/\s/.test(letter)) {
      at++
      continue
    }
    if (letter === "'" || letter === '"' || letter === '`') {
      const { text, end } = quoted(expression, at)
      // Backticks name a field whose name is no word.
      found.push({ kind: letter === '`' ? 'name' : 'text', text, column })
      at = end
      continue
    }
    const number = matchAt(NUMBER, expression, at)
    const word = number === undefined ? matchAt(WORD, expression, at) : undefined
    const sign = SIGNS.find((each) => expression.startsWith(each, at))
    const text = number ?? word ?? sign
    if (text === undefined) throw new FilterError(column, 'a field, a value or an operator', letter)
    found.push({ kind: number !== undefined ? 'number' : word !== undefined ? 'word' : 'sign', text, column })
    at += text.length
  }
  found.push({ kind: 'end', text: '', column: expression.length + 1 })
  return found
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** A text in quotes. A backslash before its quote or before another backslash stands for that sign alone. */
function quoted(expression: string, start: number): { text: string; end: number } {
  const quote = expression[start]
  let text = ''
  for (let at = start + 1; at < expression.length; at++) {
    const letter = expression[at]
    if (letter === quote) return { text, end: at + 1 }
    const next = expression[at + 1]
    if (letter === '\\' && (next === quote || next === '\\')) {
      text += next
      at++
    } else text += letter
  }
  throw new FilterError(start + 1, 'a text with a quote at its end', expression.slice(start, start + 40))
}
