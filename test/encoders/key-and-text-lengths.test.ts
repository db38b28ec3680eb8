import { describe, expect, it } from 'vitest'
import { createLogger, json, memory } from 'wideline'
import { fixedClock } from 'wideline/testing'
import { strictParse } from './strict-json.js'

/** Past every threshold of the ways bytes are copied: words, loops, native writes, caches. */
const MAX_LENGTH = 260

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** Every letter tells where it stands, so that a byte that is copied to the wrong place shows. */
function text(length: number, seed = 0): string {
  return Array.from({ length }, (_, i) => LETTERS[(i * 7 + seed) % 26]).join('')
}

function lines(options: { name?: string } = {}) {
  const output = memory({ maxLines: 5 })
  const logger = createLogger({ ...options, clock: fixedClock(), outputs: [{ output, encoder: json() }] })
  return { logger, last: () => strictParse(output.lines.at(-1) ?? '') as Record<string, unknown> }
}

describe('a line', () => {
  it('is right with keys of every length', () => {
    const { logger, last } = lines()
    for (let length = 0; length <= MAX_LENGTH - 5; length++) {
      const key = text(length)
      logger.info('m', { [key]: length, after: true })
      expect(Object.entries(last()).slice(3)).toEqual([
        [key, length],
        ['after', true],
      ])
    }
  })

  it('is right with messages of every length, when they come once and when they come again', () => {
    const { logger, last } = lines()
    for (let round = 0; round < 4; round++) {
      for (let length = 0; length <= MAX_LENGTH; length++) {
        logger.info(text(length, round >> 1), { n: length })
        expect(last()).toMatchObject({ msg: text(length, round >> 1), n: length })
      }
    }
  })

  it('is right when messages of one length take turns', () => {
    const { logger, last } = lines()
    // Alike in length, first and last letter, which is where a cache might look.
    const alike = Array.from({ length: 50 }, (_, i) => `a${text(12, i)}z`)
    for (const each of [...alike, ...alike, ...alike.flatMap((message) => [message, message, alike[0]])]) {
      logger.info(each)
      expect(last()['msg']).toBe(each)
    }
  })

  it('is right when messages that need escapes come again', () => {
    const { logger, last } = lines()
    const messages = ['"quoted"', 'a\nb', '\u007f', '\u202e', 'é', '€', '😀', '\ud800', 'x'.repeat(95) + '"']
    for (let round = 0; round < 4; round++) {
      for (const message of messages) {
        logger.info(message)
        logger.info(message)
        expect(last()['msg']).toBe(message.toWellFormed())
      }
    }
  })

  it('is right with names of loggers of every length, taking turns', () => {
    const { logger, last } = lines()
    const children = Array.from({ length: MAX_LENGTH }, (_, i) => logger.child({}, { name: text(i + 1) }))
    for (let round = 0; round < 2; round++) {
      for (const child of children) {
        child.warn('m')
        expect(last()).toMatchObject({ level: 'warn', logger: child.name, msg: 'm' })
      }
    }
  })

  it('is right with contexts of every length', () => {
    const { logger, last } = lines()
    for (let length = 0; length <= MAX_LENGTH; length++) {
      const child = logger.child({ c: text(length), d: length })
      child.info('m')
      expect(last()).toMatchObject({ c: text(length), d: length })
      child.info('m', { c: 1 })
      expect(last()).toMatchObject({ c: 1, d: length })
    }
  })

  it('is right wherever it begins in its block', () => {
    const output = memory()
    const block = createLogger({
      clock: fixedClock(),
      pool: { bufferBytes: 1024 },
      outputs: [{ output, encoder: json() }],
    })
    for (let length = 0; length <= 1100; length++) block.info(text(length), { n: length, last: true })
    const found = output.parsed<{ msg: string; n: number; last: boolean }>()
    expect(found.filter(({ msg, n, last }, i) => msg !== text(i) || n !== i || !last)).toEqual([])
    expect(found).toHaveLength(1101)
  })
})

describe('the bytes of a context', () => {
  it('are kept as they are for an encoder that writes anything but text', () => {
    // Patterns that are no number when eight bytes are read as one: quiet and signalling NaNs, and a hole of V8.
    const patterns = [
      'fff7fffffff7ffff',
      '010000000000f07f',
      '010000000000f87f',
      'ffffffffffffffff',
      '7f7f7f7f7f7f7f7f',
    ]
    const bytes = Buffer.from(patterns.join('') + patterns.map((each) => `00${each}`).join(''), 'hex')
    const output = memory()
    const written: string[] = []
    const right = json()
    const logger = createLogger({
      outputs: [
        {
          output,
          encoder: {
            reservedKeys: [],
            encodeField: (_fields, _row, out) => {
              for (const byte of bytes) out.byte(byte)
              return true
            },
            encode(entry, out) {
              const start = out.length
              entry.context.write(this, entry, out)
              written.push(out.bytes.toString('hex', start, out.length))
              right.encode(entry, out)
            },
          },
        },
      ],
    })
    const child = logger.child({ a: 1 })
    child.info('m')
    child.info('m')
    expect(written).toEqual([bytes.toString('hex'), bytes.toString('hex')])
  })
})
