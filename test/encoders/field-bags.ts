import v8 from 'node:v8'
import vm from 'node:vm'
import fc from 'fast-check'
import { createLogger, type Encoder, json, memory } from 'wideline'
import { fixedClock } from 'wideline/testing'
import { HOSTILE_ERRORS, HOSTILE_OBJECTS, HOSTILE_SCALARS } from './hostile-values.js'
import { NOW, write } from './lines.js'
import { stopwatch } from './stopwatch.js'
import { readJson } from './strict-json.js'

/** Names and texts that are easily taken for something else. */
const ODD = [
  ['', ' ', 'a', 'A', 'b', 'a b', 'a_b', 'a=b', 'a.b', 'a.b.c', 'a%20b', '%', '%20', '"', "'", '`', '\\', '|', '('],
  ['null', 'true', 'false', 'nil', 't', '0', '42', '-1.5e7', '+.5', '1.', '.', '-', '1e', '0x1f', 'NaN', '1e999'],
  ['\\u000a', '\\u000', '\\\\u0041', 'c:\\users', 'msg', 'MSG', 'Msg', 'level', '_level', 'ts', '…', 'ü', 'Ü', 'ß'],
  ['\n', '\r\n', '\t', '\b', '\f', '\u001b[31m', '\u007f', '\u0085', '\u00a0', '\u2028', '\u202e', '\ufeff'],
  ['\ufffd', '\ud800', '\udc00x', '😀', '日本', '__proto__', 'constructor', 'token', 'x'.repeat(40), 'ab\ncd "e" \\'],
].flat()

export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD),
  fc.tuple(fc.constantFrom(...ODD), fc.constantFrom(...ODD)).map((pair) => pair.join('')),
  fc.string({ unit: 'binary', maxLength: 50 }),
)

const number = fc.oneof(fc.integer(), fc.double({ noNaN: false }), fc.constantFrom(0, -0, 1e21, 5e-324, 2 ** 53, 0.1))

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    oddText,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(oddText, tie('value')), { maxLength: 4 }).map((pairs) => bagOf(pairs)),
  ),
}))

/** An object with these properties, `__proto__` as well. */
function bagOf(pairs: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const bag: Record<string, unknown> = {}
  for (const [name, each] of pairs) {
    Object.defineProperty(bag, name, { value: each, enumerable: true, configurable: true, writable: true })
  }
  return bag
}

/** Fields of one call. */
export const fieldBags: fc.Arbitrary<Record<string, unknown>> = fc
  .array(fc.tuple(oddText, value), { maxLength: 8 })
  .map(bagOf)

/** One line that a child logger writes: in the format under test, and as JSON, which says what it has to hold. */
export function writeBoth(
  encoder: Encoder,
  context: Record<string, unknown>,
  message: string,
  fields: Record<string, unknown>,
): { line: string; model: Record<string, unknown> } {
  const output = memory()
  const model = memory()
  const logger = createLogger({
    clock: fixedClock(NOW),
    outputs: [
      { output, encoder },
      { output: model, encoder: json() },
    ],
  })
  const line = logger.child(context).at('info')
  line?.all(fields).msg(message)
  return { line: output.lines[0], model: readJson(model.lines[0]) as Record<string, unknown> }
}

const MAX_MS = 50
const ATTEMPTS = 3

v8.setFlagsFromString('--expose-gc')
/** So that no value pays for what those before it left. */
const collect = vm.runInNewContext('gc') as () => void

/** Hostile values, each as a field, as all fields and in a context, that do not give one whole line within 50 ms. */
export function hostileProblems(make: () => Encoder, check: (line: string) => void): string[] {
  const found: string[] = []
  for (const { name, make: makeValue } of [...HOSTILE_OBJECTS, ...HOSTILE_ERRORS, ...HOSTILE_SCALARS]) {
    for (const door of ['field', 'fields', 'error', 'context']) {
      let best = Infinity
      for (let attempt = 0; attempt < ATTEMPTS && best > MAX_MS; attempt++) {
        const { logger, lines } = write(make())
        const made = makeValue() as object
        if (attempt > 0) collect()
        const took = stopwatch()
        if (door === 'field') logger.info('message', { before: 1, value: made, after: 2 })
        else if (door === 'fields') logger.info('message', made)
        else if (door === 'error') logger.at('info')?.error('value', made).msg('message')
        else logger.child({ value: made }).info('message')
        best = Math.min(best, took())
        try {
          if (lines.length !== 1) throw new Error(`${lines.length} lines`)
          check(lines[0])
        } catch (error) {
          found.push(`${name} as ${door}: ${(error as Error).message}`)
          break
        }
      }
      if (best > MAX_MS && best < Infinity) found.push(`${name} as ${door}: took ${Math.round(best)} ms`)
    }
  }
  return found
}

/** Texts that would end a line or drive a terminal. */
export const FORGING: readonly string[] = [
  'a\nlevel=info msg=forged',
  'a\r\n(:level :info)',
  'a\rb',
  'a\u2028b\u2029c',
  'a\u0085b',
  'a\u001b[2Jb',
  'a\u007fb',
  'a\u202eb\u2066',
  'a\u0000b',
  'a\u009b31mb',
  'a\u061cb\u200eb',
]

/** Lines that have such a text at every place that takes text from outside. */
export function forgedLines(encoder: Encoder): readonly string[] {
  const { logger, lines } = write(encoder)
  for (const text of FORGING) {
    logger.info(text)
    logger.info('message', { field: text, [text]: 1, nested: { [text]: [text, { [text]: text }] } })
    logger.child({ [text]: text }, { name: text }).info('message')
    const error = new Error(text, { cause: new AggregateError([text, new Error(text)], text) })
    logger.error(Object.assign(error, { name: text, code: text, stack: `Error: x\n    at ${text}` }))
    logger.error('message', { [text]: error })
    logger.at('error')?.error(text, text).send()
  }
  return lines
}
