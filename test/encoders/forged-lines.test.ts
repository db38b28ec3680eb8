import { describe, expect, it } from 'vitest'
import { createLogger, type Encoder, json, type Logger, memory } from 'wideline'
import { errorAt, prettyText } from './lines.js'
import { strictParse } from './strict-json.js'

const FORGED = '02:52:15.206 INFO  forged'
const HOSTILE = [
  `a\n${FORGED}`,
  `a\r\n${FORGED}`,
  `a\r${FORGED}`,
  'a\u2028b\u2029c',
  'a\u0085b',
  'a\u001b[2Jb',
  'a\u007fb',
  'a\u202eb',
  'a\u0000b',
  'a\u009b31mb',
  'a\u061cb\u200eb',
]

/** Every place of a line that holds text from outside. */
const PLACES: { name: string; log: (logger: Logger, text: string) => void }[] = [
  { name: 'the message', log: (log, text) => log.info(text) },
  { name: 'a printf value', log: (log, text) => log.info('%s and %j', text, { text }) },
  { name: 'a field', log: (log, text) => log.info('m', { field: text }) },
  { name: 'a key', log: (log, text) => log.info('m', { [text]: 1 }) },
  { name: 'a nested value', log: (log, text) => log.info('m', { a: { [text]: [text] } }) },
  { name: 'the context', log: (log, text) => log.child({ [text]: text }).info('m') },
  { name: 'the name of a logger', log: (log, text) => log.child({}, { name: text }).info('m') },
  { name: "an error's message", log: (log, text) => log.error(errorAt(new Error(text), 'f (a.js:1:1)')) },
  { name: "an error's name", log: (log, text) => log.error(errorAt(Object.assign(new Error('x'), { name: text }))) },
  { name: "an error's code", log: (log, text) => log.error(errorAt(Object.assign(new Error('x'), { code: text }))) },
  {
    name: "an error's stack",
    log: (log, text) => log.error(Object.assign(new Error('x'), { stack: `Error: x\n    at ${text}` })),
  },
  { name: "an error's key", log: (log, text) => log.error('m', { [text]: errorAt(new Error('x')) }) },
  { name: 'a cause', log: (log, text) => log.error(errorAt(new Error('x', { cause: text }))) },
  {
    name: 'an aggregated error',
    log: (log, text) => log.error(errorAt(new AggregateError([text, errorAt(new Error(text))], 'x'))),
  },
  { name: 'a thrown text', log: (log, text) => log.at('error')?.error('error', text).send() },
  {
    name: 'the url of a wide line',
    log: (log, text) => log.info('m', { url: text, outcome: 'completed', durationMs: 1 }),
  },
  {
    name: 'the route of a wide line',
    log: (log, text) => log.info('m', { route: text, outcome: 'completed', durationMs: 1 }),
  },
  {
    name: 'the method of a wide line',
    log: (log, text) => log.info('m', { method: text, outcome: 'completed', durationMs: 1 }),
  },
  { name: 'the outcome of a wide line', log: (log, text) => log.info('m', { outcome: text, durationMs: 1 }) },
  {
    name: 'the duration of a wide line',
    log: (log, text) => log.info('m', { outcome: 'completed', durationMs: text }),
  },
]

/** What drives a terminal or ends a line, apart from the newline itself. */
// oxlint-disable-next-line no-control-regex
const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

/** The lines of a text that do not belong to the entry above them: they begin where entries begin. */
function begun(text: string): string[] {
  return text.split('\n').filter((line) => !line.startsWith('    '))
}

describe('no text makes a line of its own or drives a terminal', () => {
  it.each(PLACES)('as $name, with json()', ({ log }) => {
    const output = memory()
    const logger = createLogger({ outputs: [{ output, encoder: json() }] })
    for (const text of HOSTILE) log(logger, text)
    expect(output.lines.length).toBe(HOSTILE.length)
    for (const line of output.lines) strictParse(line)
  })

  it.each(PLACES)('as $name, with pretty()', ({ log }) => {
    for (const text of HOSTILE) {
      const shown = prettyText((logger) => log(logger, text))
      expect(begun(shown)).toHaveLength(1)
      expect(RAW.exec(shown)?.[0]).toBeUndefined()
    }
  })

  it('is shown by this test where nothing is escaped (control)', () => {
    expect(begun(`02:52:15.206 INFO  a\n${FORGED}`)).toHaveLength(2)
    expect(RAW.test('a\u001b[2J')).toBe(true)
    const output = memory()
    const raw: Encoder = {
      reservedKeys: [],
      encode: (entry, out) => out.text(`${entry.message}\n`),
      encodeField: () => true,
    }
    createLogger({ outputs: [{ output, encoder: raw }] }).info(HOSTILE[0])
    expect(begun(output.lines[0])).toHaveLength(2)
  })
})
