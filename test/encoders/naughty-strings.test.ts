import { describe, expect, it } from 'vitest'
import { json, type Logger, pretty } from 'wideline'
import { naughtyStrings } from './corpora.js'
import { write } from './lines.js'
import { strictParse } from './strict-json.js'

const found = naughtyStrings()
const strings = found ?? []

const { logger, lines, problems } = write(json())

/** The line that a call writes, as a Map: a key that looks like a number would come first in an object's order. */
function lineOf(call: (log: Logger) => void): ReadonlyMap<string, unknown> {
  const before = lines.length
  call(logger)
  expect(problems).toEqual([])
  expect(lines.length).toBe(before + 1)
  return new Map(Object.entries(strictParse(lines[before]) as object))
}

const SKIPPED = 'skipped: no corpora (WIDELINE_CONFORMANCE names their folder)'

// Without corpora these pass without a string to try, and the first says so.
describe('each of the big list of naughty strings', () => {
  it.each([found === undefined ? SKIPPED : 'is there'])('%s', () => {
    expect(strings.length > 400).toBe(found !== undefined)
  })

  it('comes back as a message', () => {
    for (const text of strings) expect(lineOf((log) => log.info(text)).get('msg')).toBe(text.toWellFormed())
  })

  it('comes back as a value, at any depth', () => {
    for (const text of strings) {
      const want = text.toWellFormed()
      const line = lineOf((log) => log.info('m', { text, deep: [{ text }] }))
      expect([line.get('text'), line.get('deep')]).toEqual([want, [{ text: want }]])
    }
  })

  it('comes back as a key, of the line and of a value', () => {
    for (const text of strings.filter((each) => each.length <= 256)) {
      const value = JSON.parse(`{${JSON.stringify(text)}:1}`) as object
      const line = lineOf((log) => log.info('m', { ...value, ' nested': value }))
      expect(line.get(text.toWellFormed())).toBe(1)
      expect(Object.entries(line.get(' nested') as object)).toEqual([[text.toWellFormed(), 1]])
    }
  })

  it('comes back as the context of a child and as an error', () => {
    for (const text of strings) {
      const want = text.toWellFormed()
      expect(lineOf((log) => log.child({ text }).info('m')).get('text')).toBe(want)
      expect(lineOf((log) => log.error('m', new Error(text))).get('error')).toMatchObject({ message: want })
    }
  })

  it('makes no line of its own with pretty()', () => {
    const people = write(pretty({ colour: false }))
    for (const text of strings) {
      people.logger.info(text, { [text]: text })
      const [first, ...rest] = (people.lines.at(-1) ?? '').split('\n')
      expect(first).toMatch(/^02:52:15\.206 INFO {2}/)
      for (const line of rest) expect(line).toMatch(/^ {4}/)
    }
    expect(people.lines).toHaveLength(strings.length)
  })
})
