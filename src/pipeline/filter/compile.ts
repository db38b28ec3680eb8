import { Level, LEVEL_NAMES, type LevelName } from '../../entry/level.js'
import { nearest } from '../../options/nearest.js'
import { readerOf } from '../field-reader.js'
import type { Node, Operand, Operator } from './ast.js'
import { FilterError } from './filter-error.js'

/** What a filter asks of a line. */
export interface FilterSource {
  /** The number of its level. */
  readonly severity: number
  /** Milliseconds since the epoch. */
  readonly time: number
  /** The logger's name; empty without one. */
  readonly logger: string
  /** Undefined without one. */
  readonly message: string | undefined
  /** The value of a field, by its path; undefined where there is none. */
  get(field: string): unknown
}

/** A compiled expression. */
export type Test = (line: FilterSource) => boolean

type Comparison = Extract<Node, { kind: 'compare' }>
type Read = (line: FilterSource) => unknown

/** Units of a text that a regular expression sees. */
const MAX_MATCHED = 4096

/** Makes closures of an expression. @throws FilterError where an operand does not fit its field. */
export function compileFilter(node: Node): Test {
  switch (node.kind) {
    case 'and':
      return node.parts.map(compileFilter).reduce((a, b) => (line) => a(line) && b(line))
    case 'or':
      return node.parts.map(compileFilter).reduce((a, b) => (line) => a(line) || b(line))
    case 'not': {
      const part = compileFilter(node.part)
      return (line) => !part(line)
    }
    default:
      return compileComparison(node)
  }
}

function compileComparison(node: Comparison): Test {
  if (node.field === 'level') return compileLevel(node)
  if (node.field === 'logger') return compileLogger(node)
  if (node.field === 'time') return compared(node, (line) => line.time, timeOf)
  if (node.field === 'msg' || node.field === 'message') return compared(node, (line) => line.message, asItIs)
  return compared(node, readerOf(node.field), asItIs)
}

function asItIs(operand: Operand): Operand {
  return operand
}

function compared(node: Comparison, read: Read, convert: (operand: Operand, node: Comparison) => Operand): Test {
  const operands = node.operands.map((operand) => convert(operand, node))
  const [operand] = operands
  switch (node.operator) {
    case 'exists':
      return (line) => read(line) !== undefined
    case 'in':
      return (line) => {
        const value = read(line)
        for (const each of operands) if (isEqual(value, each)) return true
        return false
      }
    case '=':
      return (line) => isEqual(read(line), operand)
    case '!=':
      return (line) => !isEqual(read(line), operand)
    case '~': {
      const pattern = patternOf(operand, node)
      return (line) => {
        const value = read(line)
        return (
          typeof value === 'string' && pattern.test(value.length > MAX_MATCHED ? value.slice(0, MAX_MATCHED) : value)
        )
      }
    }
    default:
      return ordered(node, read, operand)
  }
}

function ordered(node: Comparison, read: Read, operand: Operand): Test {
  if (typeof operand !== 'number' && typeof operand !== 'string')
    throw new FilterError(node.column, 'a number or a text', operand)
  const holds = ORDERS[node.operator as keyof typeof ORDERS]
  return (line) => {
    const value = read(line)
    // A number is never compared with a text: `'9' > 10` would depend on the language, not on the log.
    if (typeof value === typeof operand || typeof value === 'bigint') return holds(value as number, operand as number)
    return value instanceof Date && typeof operand === 'number' ? holds(value.getTime(), operand) : false
  }
}

const ORDERS = {
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
} satisfies Partial<Record<Operator, (a: number, b: number) => boolean>>

function isEqual(value: unknown, operand: Operand): boolean {
  return (
    value === operand ||
    (typeof value === 'bigint' &&
      typeof operand === 'number' &&
      value === BigInt(Math.trunc(operand)) &&
      Number.isInteger(operand))
  )
}

function compileLevel(node: Comparison): Test {
  if (node.operator === '~') throw new FilterError(node.column, 'an order or an equality for level', '~')
  return compared(node, (line) => line.severity, levelOf)
}

function levelOf(operand: Operand, node: Comparison): number {
  if (typeof operand === 'number') return operand
  const name = String(operand).toLowerCase()
  if (Object.hasOwn(Level, name)) return Level[name as LevelName]
  const close = nearest(name, LEVEL_NAMES)
  throw new FilterError(
    node.column,
    close === undefined ? `one of ${LEVEL_NAMES.join(', ')}` : `a level (did you mean ${close}?)`,
    operand,
  )
}

/** `logger = 'app.*'` is `app` and what is below it. */
function compileLogger(node: Comparison): Test {
  const [operand] = node.operands
  if ((node.operator !== '=' && node.operator !== '!=') || typeof operand !== 'string' || !operand.endsWith('.*'))
    return compared(node, (line) => line.logger, asItIs)
  const name = operand.slice(0, -2)
  const isBelow: Test = (line) => line.logger === name || line.logger.startsWith(`${name}.`)
  return node.operator === '=' ? isBelow : (line) => !isBelow(line)
}

/** `time > '2026-01-01'`: a date's text is as good as its milliseconds. */
function timeOf(operand: Operand, node: Comparison): Operand {
  if (typeof operand !== 'string' || node.operator === '~') return operand
  const time = Date.parse(operand)
  if (Number.isNaN(time)) throw new FilterError(node.column, 'a date', operand)
  return time
}

function patternOf(operand: Operand, node: Comparison): RegExp {
  if (typeof operand !== 'string') throw new FilterError(node.column, 'a regular expression as text', operand)
  try {
    return new RegExp(operand, 'u')
  } catch (problem) {
    throw new FilterError(node.column, `a regular expression (${(problem as Error).message})`, operand)
  }
}
