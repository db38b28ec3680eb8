import { isRecord } from '../../options/is-object.js'
import { nearest } from '../../options/nearest.js'
import type { Node, Operand, Operator } from './ast.js'
import { FilterError } from './filter-error.js'

/** What one field is compared with. */
export interface FieldTest {
  /** Equal to it. */
  readonly eq?: Operand
  /** Not equal to it. */
  readonly ne?: Operand
  /** Greater than it. */
  readonly gt?: number | string
  /** Greater than it, or equal. */
  readonly gte?: number | string
  /** Less than it. */
  readonly lt?: number | string
  /** Less than it, or equal. */
  readonly lte?: number | string
  /** A regular expression. */
  readonly matches?: string
  /** Equal to one of them. */
  readonly in?: readonly Operand[]
  /** Whether the line has the field. */
  readonly exists?: boolean
}

/**
 * A filter as an object: every field must pass, and every combination.
 *
 * @example { level: { gte: 'warn' }, component: 'api', not: { url: { matches: '^/health' } } }
 */
export interface FilterObject {
  /** All of them hold. */
  readonly and?: readonly FilterObject[]
  /** One of them holds. */
  readonly or?: readonly FilterObject[]
  /** It does not hold. */
  readonly not?: FilterObject
  /** A field by its path: a value that it equals, or a test of it. */
  readonly [field: string]: Operand | FieldTest | FilterObject | readonly FilterObject[] | undefined
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  eq: '=',
  ne: '!=',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  matches: '~',
  in: 'in',
  exists: 'exists',
}
const MAX_DEPTH = 64

/** @throws FilterError */
export function nodeOf(filter: unknown, depth = 0): Node {
  if (!isRecord(filter)) throw new FilterError(0, 'an object of fields', filter)
  if (depth > MAX_DEPTH) throw new FilterError(0, `at most ${MAX_DEPTH} levels deep`, filter)
  const parts = Object.entries(filter).flatMap(([name, test]) =>
    test === undefined ? [] : [partOf(name, test, depth)],
  )
  if (parts.length === 0) throw new FilterError(0, 'an object with at least one field', filter)
  return parts.length === 1 ? parts[0] : { kind: 'and', parts }
}

function partOf(name: string, test: unknown, depth: number): Node {
  if (name === 'not') return { kind: 'not', part: nodeOf(test, depth + 1) }
  if (name === 'and' || name === 'or') {
    if (!Array.isArray(test) || test.length === 0) throw new FilterError(0, `an array of filters under '${name}'`, test)
    return { kind: name, parts: test.map((each) => nodeOf(each, depth + 1)) }
  }
  if (!isRecord(test)) return compare(name, '=', test)
  const parts = Object.entries(test).map(([operator, value]) => testOf(name, operator, value))
  if (parts.length === 0) throw new FilterError(0, `an object with an operator under '${name}'`, test)
  return parts.length === 1 ? parts[0] : { kind: 'and', parts }
}

function testOf(field: string, name: string, value: unknown): Node {
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined
  if (operator === undefined) {
    const close = nearest(name, Object.keys(OPERATORS))
    const hint =
      close === undefined ? `one of ${Object.keys(OPERATORS).join(', ')}` : `an operator (did you mean ${close}?)`
    throw new FilterError(0, `${hint} under '${field}'`, name)
  }
  if (operator === 'exists') {
    const node: Node = { kind: 'compare', field, operator, operands: [], column: 0 }
    return value === false ? { kind: 'not', part: node } : node
  }
  if (operator !== 'in') return compare(field, operator, value)
  if (!Array.isArray(value)) throw new FilterError(0, `an array under '${field}.in'`, value)
  return { kind: 'compare', field, operator, operands: value.map((each) => operandOf(field, each)), column: 0 }
}

function compare(field: string, operator: Operator, value: unknown): Node {
  return { kind: 'compare', field, operator, operands: [operandOf(field, value)], column: 0 }
}

function operandOf(field: string, value: unknown): Operand {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  throw new FilterError(0, `a text, a number, true, false or null under '${field}'`, value)
}
