import type { Node, Operand, Operator } from './ast.js'
import { FilterError } from './filter-error.js'
import { type Token, tokens as tokensOf } from './tokens.js'

const OPERATORS: Readonly<Record<string, Operator>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '>': '>',
  '>=': '>=',
  '<': '<',
  '<=': '<=',
  '~': '~',
}
const LITERALS: Readonly<Record<string, Operand>> = { true: true, false: false, null: null }
const RESERVED = new Set(['and', 'or', 'not', 'in', 'exists'])
const MAX_DEPTH = 64

/** Reads an expression: comparisons with `and`, `or`, `not` and parentheses; `and` binds closer than `or`. */
export function parseFilter(expression: string): Node {
  const parser = new Parser(tokensOf(expression))
  return parser.whole()
}

class Parser {
  private at = 0
  private depth = 0

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Node {
    const node = this.any()
    const rest = this.peek()
    if (rest.kind !== 'end') throw new FilterError(rest.column, `'and', 'or' or the end`, rest.text)
    return node
  }

  private any(): Node {
    if (++this.depth > MAX_DEPTH) throw new FilterError(this.peek().column, `at most ${MAX_DEPTH} levels deep`, '(')
    const parts = [this.all()]
    while (this.takes('or', '||')) parts.push(this.all())
    this.depth--
    return parts.length === 1 ? parts[0] : { kind: 'or', parts }
  }

  private all(): Node {
    const parts = [this.one()]
    while (this.takes('and', '&&')) parts.push(this.one())
    return parts.length === 1 ? parts[0] : { kind: 'and', parts }
  }

  private one(): Node {
    // Counted, so that a row of nots is no way around the bound.
    if (this.takes('not', '!')) {
      if (++this.depth > MAX_DEPTH) throw new FilterError(this.peek().column, `at most ${MAX_DEPTH} levels deep`, 'not')
      const part = this.one()
      this.depth--
      return { kind: 'not', part }
    }
    if (!this.takes('(')) return this.comparison()
    const node = this.any()
    this.expect(')')
    return node
  }

  private comparison(): Node {
    const field = this.next()
    if (field.kind !== 'name' && (field.kind !== 'word' || RESERVED.has(field.text.toLowerCase())))
      throw new FilterError(field.column, 'the name of a field', shown(field))
    const { text: name, column } = field
    if (this.takes('exists')) return { kind: 'compare', field: name, operator: 'exists', operands: [], column }
    if (this.takes('in')) return { kind: 'compare', field: name, operator: 'in', operands: this.list(), column }
    const isNot = this.peek().text.toLowerCase() === 'not'
    if (isNot) {
      this.next()
      if (!this.takes('in')) throw new FilterError(this.peek().column, `'in'`, shown(this.peek()))
      return { kind: 'not', part: { kind: 'compare', field: name, operator: 'in', operands: this.list(), column } }
    }
    const sign = this.next()
    if (sign.text === '!~') return { kind: 'not', part: this.compared(name, '~') }
    const operator = sign.kind === 'sign' ? OPERATORS[sign.text] : undefined
    if (operator === undefined)
      throw new FilterError(sign.column, `one of =, !=, >, >=, <, <=, ~, !~, in, exists`, shown(sign))
    return this.compared(name, operator)
  }

  private compared(field: string, operator: Operator): Node {
    const { column } = this.peek()
    return { kind: 'compare', field, operator, operands: [this.operand()], column }
  }

  private list(): Operand[] {
    this.expect('(')
    const operands = [this.operand()]
    while (this.takes(',')) operands.push(this.operand())
    this.expect(')')
    return operands
  }

  private operand(): Operand {
    const token = this.next()
    if (token.kind === 'text') return token.text
    if (token.kind === 'number') return Number(token.text)
    if (token.kind === 'word' && !RESERVED.has(token.text.toLowerCase()))
      return Object.hasOwn(LITERALS, token.text) ? LITERALS[token.text] : token.text
    throw new FilterError(token.column, 'a value', shown(token))
  }

  private takes(...texts: readonly string[]): boolean {
    const { kind, text } = this.peek()
    if (kind === 'text' || kind === 'name' || kind === 'end' || !texts.includes(text.toLowerCase())) return false
    this.at++
    return true
  }

  private expect(sign: string): void {
    if (!this.takes(sign)) throw new FilterError(this.peek().column, `'${sign}'`, shown(this.peek()))
  }

  private peek(): Token {
    return this.tokens[this.at]
  }

  private next(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.at++
    return token
  }
}

function shown(token: Token): string {
  return token.kind === 'end' ? 'the end' : token.text
}
