import { describe, expect, it } from 'vitest'
import { json, type Logger, pretty } from 'wideline'
import { DEFAULT_LIMITS } from '../../src/encoders/limits.js'
import { errorAt, write } from './lines.js'
import { depthOf, strictParse } from './strict-json.js'

const { maxStringLength, maxLineBytes, maxDepth } = DEFAULT_LIMITS

/** What may stand beside a value that is cut: the head of the line, keys, marks. */
const ROOM = 4096

const LONG = 'x'.repeat(1 << 20)

const LONG_TEXTS: { name: string; log: (logger: Logger) => void }[] = [
  { name: 'a message', log: (log) => log.info(LONG) },
  { name: 'a field', log: (log) => log.info('m', { field: LONG }) },
  { name: 'a typed field', log: (log) => log.at('info')?.string('field', LONG).msg('m') },
  { name: 'a nested value', log: (log) => log.info('m', { a: [{ b: LONG }] }) },
  { name: 'a key', log: (log) => log.info('m', { [LONG]: 1 }) },
  { name: 'a nested key', log: (log) => log.info('m', { a: { [LONG]: 1 } }) },
  { name: 'the context', log: (log) => log.child({ field: LONG }).info('m') },
  { name: 'a printf value', log: (log) => log.info('%s', LONG) },
  { name: "an error's message", log: (log) => log.info('m', { e: errorAt(new Error(LONG)) }) },
  {
    name: "an error's code",
    log: (log) => log.info('m', { e: errorAt(Object.assign(new Error('x'), { code: LONG })) }),
  },
  { name: 'a cause', log: (log) => log.info('m', { e: errorAt(new Error('x', { cause: LONG })) }) },
  { name: 'a bigint', log: (log) => log.info('m', { n: 2n ** 1_000_000n }) },
  { name: 'the name of a logger', log: (log) => log.child({}, { name: LONG }).info('m') },
]

const LONG_LINES: { name: string; log: (logger: Logger) => void }[] = [
  { name: 'many fields', log: (log) => log.info('m', fields(20, 60_000)) },
  {
    name: 'many typed fields',
    log: (log) => {
      const line = log.at('info')
      for (let i = 0; i < 20; i++) line?.string(`k${i}`, LONG.slice(0, 60_000))
      line?.msg('m')
    },
  },
  { name: 'one large value', log: (log) => log.info('m', { value: Object.values(fields(20, 60_000)) }) },
  { name: 'a large context', log: (log) => log.child(fields(20, 60_000)).info('m') },
  {
    name: 'a large context and large fields',
    log: (log) => log.child(fields(3, 60_000)).info('m', { a: LONG, b: LONG, c: LONG }),
  },
  { name: 'a message of escapes', log: (log) => log.info('\u001b'.repeat(65_000), { field: 1 }) },
  {
    name: 'many errors',
    log: (log) =>
      log.info(
        'm',
        Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`e${i}`, errorAt(new Error(LONG.slice(0, 60_000)))])),
      ),
  },
  {
    name: 'a tree of errors',
    log: (log) =>
      log.error(
        errorAt(
          new AggregateError(
            Array.from({ length: 10 }, () => errorAt(new Error(LONG.slice(0, 60_000)))),
            'x',
          ),
        ),
      ),
  },
  { name: 'thousands of small fields', log: (log) => log.info('m', fields(999, 400)) },
]

function fields(count: number, units: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, LONG.slice(0, units)]))
}

function lineOf(name: string, log: (logger: Logger) => void): string {
  const { logger, lines } = write(name === 'json()' ? json() : pretty({ colour: false }))
  log(logger)
  expect(lines).toHaveLength(1)
  if (name === 'json()') strictParse(lines[0])
  return lines[0]
}

describe.each(['json()', 'pretty()'])('%s', (name) => {
  it.each(LONG_TEXTS)('keeps $name of a mebibyte within 64 KiB', ({ log }) => {
    // An error's message stands in its stack once more.
    expect(lineOf(name, log).length).toBeLessThan(2 * maxStringLength + ROOM)
  })

  it.each(LONG_LINES)('keeps a line with $name within 256 KiB', ({ log }) => {
    expect(Buffer.byteLength(lineOf(name, log))).toBeLessThan(maxLineBytes + ROOM)
  })
})

describe('json()', () => {
  it('says where it cut a text, and by how much', () => {
    const text = 'x'.repeat(maxStringLength)
    const line = strictParse(lineOf('json()', (log) => log.info('m', { fits: text, cut: `${text}yz` }))) as Record<
      string,
      unknown
    >
    expect(line['fits']).toBe(text)
    expect(line['cut']).toBe(`${text}…[+2]`)
  })

  it('does not cut a pair of surrogates into halves that could not be read', () => {
    const line = lineOf('json()', (log) => log.info('m', { text: `x${'😀'.repeat(maxStringLength)}` }))
    expect(strictParse(line)).toMatchObject({ text: expect.stringMatching(/^x😀/) as string })
  })

  it('says how many fields it cut from a line', () => {
    const line = lineOf('json()', (log) => log.info('m', fields(20, 60_000)))
    const last = Object.values(strictParse(line) as object).at(-1) as string
    expect(last).toMatch(/^\[Cut: \d+ fields, line over 262144 bytes\]$/)
  })

  it('writes the depth it promises and no more', () => {
    const deep = (levels: number): unknown => JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels))
    const line = (levels: number): string => lineOf('json()', (log) => log.info('m', { value: deep(levels) }))
    expect(depthOf(line(maxDepth))).toBe(maxDepth + 1)
    expect(line(maxDepth)).not.toContain('[Object]')
    expect(depthOf(line(maxDepth + 1))).toBe(maxDepth + 1)
    expect(line(maxDepth + 1)).toContain('[Object]')
  })
})
