import { describe, expect, it } from 'vitest'
import { createLogger, filter, FilterError, type FilterLike, json, memory } from 'wideline'
import { capture } from '../logger/capture.js'

/** Whether one line passes. */
function passes(expression: FilterLike, fields: object = {}, level: 'info' | 'error' = 'info'): boolean {
  const { logger, lines } = capture({ name: 'app.db', filter: expression })
  logger.child({ component: 'api', shadowed: 'context' })[level]('order paid', fields)
  return lines().length === 1
}

const order = {
  id: 42n,
  lines: [{ sku: 'a' }],
  customer: {
    country: 'DE',
    get bad(): string {
      throw new Error('no')
    },
  },
}

const CASES: { text: string; want: boolean; fields?: object; level?: 'error' }[] = [
  { text: `level >= warn and component = 'api' and durationMs > 500 and not url ~ '^/health'`, want: false },
  {
    text: `level >= warn and component = 'api' and durationMs > 500 and not url ~ '^/health'`,
    fields: { durationMs: 501, url: '/orders' },
    level: 'error',
    want: true,
  },
  {
    text: `level >= warn and component = 'api' and durationMs > 500 and not url ~ '^/health'`,
    fields: { durationMs: 501, url: '/health/live' },
    level: 'error',
    want: false,
  },
  { text: 'level = info', want: true },
  { text: 'level < info', want: false },
  { text: "level in (debug, 'info')", want: true },
  { text: 'level = 30', want: true },
  { text: `logger = 'app.db'`, want: true },
  { text: `logger = 'app.*'`, want: true },
  { text: `logger = 'ap.*'`, want: false },
  { text: `logger != 'app.*'`, want: false },
  { text: `msg = 'order paid'`, want: true },
  { text: `msg ~ 'p[aA]id$'`, want: true },
  { text: `msg !~ 'paid'`, want: false },
  { text: `time >= '2026-01-01T00:00:00Z' and time < '2026-01-02'`, want: true },
  { text: `shadowed = 'line'`, fields: { shadowed: 'line' }, want: true },
  { text: `shadowed = 'context'`, want: true },
  { text: 'a = 1', fields: { a: 1 }, want: true },
  { text: 'a == 1.5', fields: { a: 1.5 }, want: true },
  { text: 'a = -2e3', fields: { a: -2000 }, want: true },
  { text: "a = '1'", fields: { a: 1 }, want: false },
  { text: 'a > 5', fields: { a: '9' }, want: false },
  { text: "a > 'b'", fields: { a: 'c' }, want: true },
  { text: 'a = true', fields: { a: true }, want: true },
  { text: 'a = null', fields: { a: null }, want: true },
  { text: 'a = null', want: false },
  { text: 'a != 1', want: true },
  { text: 'a exists', fields: { a: 0 }, want: true },
  { text: 'a exists', want: false },
  { text: 'not a exists', want: true },
  { text: 'a in (1, 2, 3)', fields: { a: 2 }, want: true },
  { text: 'a not in (1, 2, 3)', fields: { a: 2 }, want: false },
  { text: 'order.customer.country = DE', fields: { order }, want: true },
  { text: 'order.id = 42', fields: { order }, want: true },
  { text: 'order.customer.bad = 1', fields: { order }, want: false },
  { text: 'order.constructor exists', fields: { order }, want: false },
  { text: "order.id.deep exists or `order.id` = 'flat'", fields: { 'order.id': 'flat' }, want: true },
  { text: '`a key` = 1 and `and` = 2', fields: { 'a key': 1, and: 2 }, want: true },
  { text: 'a = 1 or b = 2 and c = 3', fields: { a: 1 }, want: true },
  { text: '(a = 1 or b = 2) and c = 3', fields: { a: 1 }, want: false },
  { text: 'A = 1 AND NOT b = 2', fields: { A: 1 }, want: true },
  { text: '!(a = 1) || b = 2', fields: { a: 1, b: 2 }, want: true },
  { text: String.raw`a = 'it\'s \\ "so"'`, fields: { a: String.raw`it's \ "so"` }, want: true },
  { text: "password = 'hunter2'", fields: { password: 'hunter2' }, want: false },
  { text: 'at > 0', fields: { at: new Date(5) }, want: true },
]

describe('a filter', () => {
  it.each(CASES)('$text of $fields $level', ({ text, want, fields, level }) => {
    expect(passes(text, fields, level)).toBe(want)
  })
})

describe('a filter as an object', () => {
  it.each<{ object: FilterLike; fields?: object; want: boolean }>([
    { object: { level: { gte: 'warn' } }, want: false },
    { object: { level: { gte: 'info', lt: 'error' }, component: 'api' }, want: true },
    { object: { a: { in: [1, 2] }, b: { exists: false } }, fields: { a: 1 }, want: true },
    { object: { a: { exists: true } }, want: false },
    { object: { or: [{ a: 1 }, { a: 2 }], not: { b: { matches: '^x' } } }, fields: { a: 2, b: 'y' }, want: true },
    { object: { and: [{ a: { ne: 1 } }, { a: { gt: 1 } }] }, fields: { a: 2 }, want: true },
    { object: { not: { a: { eq: null } } }, fields: { a: null }, want: false },
  ])('$object of $fields', ({ object, fields, want }) => {
    expect(passes(object, fields)).toBe(want)
  })
})

describe('an expression that cannot be read is refused with its column', () => {
  it.each([
    { text: 'level >= wern', column: 10, want: 'a level (did you mean warn?), got "wern"' },
    { text: 'a = ', column: 5, want: 'a value, got "the end"' },
    { text: 'a => 5', column: 4, want: 'a value, got ">"' },
    { text: 'a 5', column: 3, want: 'one of =, !=, >, >=, <, <=, ~, !~, in, exists, got "5"' },
    { text: '(a = 1', column: 7, want: `')', got "the end"` },
    { text: 'a = 1 b = 2', column: 7, want: `'and', 'or' or the end, got "b"` },
    { text: "a = 'open", column: 5, want: 'a text with a quote at its end' },
    { text: 'a ~ "("', column: 5, want: 'a regular expression (Invalid regular expression' },
    { text: 'and = 1', column: 1, want: 'the name of a field, got "and"' },
    { text: '# = 1', column: 1, want: 'a field, a value or an operator, got "#"' },
    { text: 'a in 1', column: 6, want: `'(', got "1"` },
    { text: `time > 'soon'`, column: 8, want: 'a date, got "soon"' },
    { text: `level ~ 'w'`, column: 9, want: 'an order or an equality for level' },
    { text: 'a > true', column: 5, want: 'a number or a text, got true' },
    { text: '', column: 1, want: 'the name of a field, got "the end"' },
    { text: `${'('.repeat(100)}a = 1`, column: 65, want: 'at most 64 levels deep' },
    { text: `${'not '.repeat(100)}a = 1`, column: 257, want: 'at most 64 levels deep' },
    { text: 'x'.repeat(5000), column: 4096, want: 'at most 4096 characters' },
  ])('$text', ({ text, column, want }) => {
    let error: unknown
    try {
      filter(text)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(FilterError)
    expect((error as FilterError).column).toBe(column)
    expect((error as FilterError).message).toContain(`filter, column ${column}, must be ${want}`)
  })

  it.each([
    { object: {}, want: 'filter must be an object with at least one field' },
    { object: { a: { gtt: 1 } }, want: 'an operator (did you mean gt?) under \'a\', got "gtt"' },
    { object: { a: { in: 1 } }, want: "an array under 'a.in', got 1" },
    { object: { a: { eq: [] } }, want: "a text, a number, true, false or null under 'a', got an empty array" },
    { object: { or: {} }, want: "an array of filters under 'or'" },
    { object: { level: 'wern' }, want: 'a level (did you mean warn?), got "wern"' },
    { object: [], want: 'an object of fields' },
    { object: 5, want: 'a text or an object' },
  ])('$object', ({ object, want }) => {
    expect(() => filter(object as never)).toThrow(want)
  })
})

describe('a filter of a sink', () => {
  it('keeps lines from that output alone, and its ledger counts them', () => {
    const slow = memory()
    const all = memory()
    const log = createLogger({
      outputs: [
        { output: slow, encoder: json(), filter: 'durationMs > 500' },
        { output: all, encoder: json() },
      ],
    })
    log.info('fast', { durationMs: 5 })
    log.info('slow', { durationMs: 900 })
    expect(slow.parsed()).toMatchObject([{ msg: 'slow' }])
    expect(all.lines).toHaveLength(2)
    expect(log.stats().outputs).toMatchObject([
      { filtered: 1, accepted: 1 },
      { filtered: 0, accepted: 2 },
    ])
  })
})

describe('a filter of a logger', () => {
  it("is added to its parent's, and counts what it dropped", () => {
    const { logger, lines } = capture({ filter: 'a exists' })
    const child = logger.child({}, { filter: 'b exists' })
    child.info('1', { a: 1 })
    child.info('2', { b: 1 })
    child.info('3', { a: 1, b: 1 })
    logger.info('4', { a: 1 })
    expect(lines().map(({ msg }) => msg)).toEqual(['3', '4'])
    expect(logger.stats().gates).toEqual([
      { kind: 'filter', passed: 3, dropped: 1 },
      { kind: 'filter', passed: 1, dropped: 1 },
    ])
  })

  it('lets a fatal line pass: a program that ends says why', () => {
    const { logger, lines } = capture({ filter: 'a exists' })
    logger.fatal('m')
    expect(lines()).toHaveLength(1)
  })

  it('reads a text bounded: an endless one costs what a short one does', () => {
    expect(passes("text ~ 'x$'", { text: `${'a'.repeat(5000)}x` })).toBe(false)
  })
})
