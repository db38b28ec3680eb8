import type { Entry } from '../entry/entry.js'
import type { Rule } from '../options/check.js'
import { isObject } from '../options/is-object.js'
import { compileFilter, type FilterSource, type Test } from './filter/compile.js'
import { type FilterObject, nodeOf } from './filter/from-object.js'
import { parseFilter } from './filter/parse.js'
import { FilterError } from './filter/filter-error.js'
import { LineView } from './line-view.js'

export type { FieldTest, FilterObject } from './filter/from-object.js'
export { FilterError } from './filter/filter-error.js'

/** What is taken where a filter is asked for. */
export type FilterLike = Filter | FilterObject | string

/** What options that take a filter accept; {@link filter} looks closer. */
export const filterRule: Rule = {
  expected: 'a filter: a text, or an object',
  accepts: (value) => typeof value === 'string' || isObject(value),
}

/** A compiled expression over lines. See {@link filter}. */
export class Filter {
  private readonly test: Test
  private readonly view = new LineView()

  constructor(test: Test) {
    this.test = test
  }

  /** Whether it holds for an entry. Never throws, and keeps nothing of it. */
  matches(entry: Entry): boolean {
    const { view } = this
    // A getter may log while it is read, and so ask this filter again.
    const outer = view.fields
    view.fields = entry
    try {
      return this.test(view)
    } finally {
      view.fields = outer
    }
  }

  /** Whether it holds for a line of some other form. */
  matchesLine(line: FilterSource): boolean {
    return this.test(line)
  }
}

/**
 * Compiles a small expression over the fields of a line, for outputs, loggers, flight recorders, held logs and the recent ring.
 *
 * - Fields are the line's own, then its context's, and `level`, `logger`, `msg` and `time`; `order.id` steps into an
 *   object; a name that is no word stands in backticks.
 * - `=` `!=` `>` `>=` `<` `<=`, `~` and `!~` for regular expressions, `in ('a', 'b')`, `exists`; `and`, `or`, `not`,
 *   parentheses. Levels are compared by severity, `logger = 'app.*'` takes what is below too.
 * - A field that is not there makes every comparison false but `!=`; numbers are never compared with texts.
 *
 * @param expression - A text, or an object such as `{ level: { gte: 'warn' }, component: 'api' }`.
 * @throws FilterError which says at which column the expression cannot be read.
 * @example filter(`level >= warn and component = 'api' and durationMs > 500 and not url ~ '^/health'`)
 */
export function filter(expression: FilterLike): Filter {
  if (expression instanceof Filter) return expression
  if (typeof expression === 'string') return new Filter(compileFilter(parseFilter(expression)))
  if (isObject(expression)) return new Filter(compileFilter(nodeOf(expression)))
  throw new FilterError(0, 'a text or an object', expression)
}

/** A filter that is an option. @throws FilterError which names it. */
export function filterAt(where: string, expression: FilterLike): Filter {
  try {
    return filter(expression)
  } catch (error) {
    if (!(error instanceof FilterError)) throw error
    throw new FilterError(error.column, error.expected, error.given, where)
  }
}
