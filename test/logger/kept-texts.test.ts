import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { burst, createLogger, json, type Logger } from 'wideline'
import { ownText } from '../../src/bytes/own-text.js'
import { nowhere } from './nowhere.js'

v8.setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const BODY_UNITS = 1_000_000
const BODIES = 60

/** A text cut out of a long one, as V8 has it: a place in that. */
function cut(n: number): string {
  return `${n}.%s.${Buffer.alloc(BODY_UNITS, 'x').toString('latin1')}`.slice(0, 40 + n)
}

/** Bytes that are held after something was done with each of many cut texts. */
async function held(run: (text: string, n: number) => void): Promise<number> {
  run(cut(BODIES), BODIES)
  await new Promise(setImmediate)
  gc()
  const before = process.memoryUsage().heapUsed
  for (let n = 0; n < BODIES; n++) run(cut(n), n)
  await new Promise(setImmediate)
  gc()
  return process.memoryUsage().heapUsed - before
}

describe('what is kept of texts does not keep those that they were cut out of', () => {
  it.each<[string, (log: Logger, text: string, n: number) => void]>([
    ['a template', (log, text, n) => log.info(text, n)],
    ['a message', (log, text) => (log.info(text), log.info(text))],
    ['a value', (log, text, n) => log.info('m', { [`key${n}`]: text })],
    [
      'a value that comes again',
      (log, text, n) => (log.info('m', { [`key${n}`]: text }), log.info('m', { [`key${n}`]: text })),
    ],
    ['a key', (log, text, n) => log.info('m', { [text]: n })],
    ['a key of a typed line', (log, text, n) => log.at('info')?.int(text, n).msg('m')],
    ['a name of a logger', (log, text) => log.getLogger(text.replace('.%s.', 'n')).info('m')],
    ['a message that is sampled', (log, text) => log.child({}, { sampling: burst({ first: 1 }) }).info(text)],
  ])('of %s', async (_, write) => {
    const log = createLogger({ outputs: [{ output: nowhere(), encoder: json() }] })
    expect(await held((text, n) => write(log, text, n))).toBeLessThan((BODIES * BODY_UNITS) / 10)
  })

  it('which they do by themselves (control)', async () => {
    const kept: string[] = []
    expect(await held((text) => kept.push(text))).toBeGreaterThan((BODIES * BODY_UNITS) / 2)
    expect(kept).toHaveLength(BODIES + 1)
  })
})

describe('a text of its own', () => {
  it.each(['', '7', '4294967295', '-0', '__proto__', 'constructor', 'toJSON', '\ud800', 'é中😀', 'x'.repeat(5_000)])(
    'is the same: %j',
    (text) => expect(ownText(text)).toBe(text),
  )
})
