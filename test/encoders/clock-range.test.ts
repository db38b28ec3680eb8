import { describe, expect, it } from 'vitest'
import { json, logfmt, pattern, pretty, sexpr } from 'wideline'
import { isIsoTime } from '../../src/bytes/iso-time.js'
import { write } from './lines.js'
import { strictParse } from './strict-json.js'

const TIMES = [
  { name: 'a fraction of a millisecond', time: 1_795_402_335_206.75 },
  { name: 'a time before 1970', time: -1 },
  { name: 'the first of the year 0', time: -62_167_219_200_000 },
  { name: 'a time before the year 0', time: -62_167_219_200_001 },
  { name: 'a time after the year 9999', time: 253_402_300_800_000 },
  { name: 'microseconds taken for milliseconds', time: 1_795_402_335_206_000 },
  { name: 'a time that no Date can hold', time: 9e15 },
  { name: 'NaN', time: NaN },
  { name: 'infinity', time: Infinity },
  { name: 'a time that is no number', time: 'now' as unknown as number },
  { name: 'a bigint of nanoseconds', time: 1_795_402_335_206_000_000n as unknown as number },
  { name: 'a bigint of milliseconds', time: 1_795_402_335_206n as unknown as number },
  { name: 'a symbol', time: Symbol('now') as unknown as number },
  { name: 'what does not become a number', time: Object.create(null) as number },
]

describe('a clock that tells', () => {
  it.each(TIMES)('$name still gives whole, valid lines, and right ones afterwards', ({ time }) => {
    let now = 0
    const clock = { now: () => now }
    const onError = (): void => undefined
    const asJson = write(json(), { clock, onError })
    const asText = write(pretty({ colour: false }), { clock, onError })
    for (const each of [0, time, time, 1]) {
      now = each
      asJson.logger.info('m', { n: each })
      asText.logger.info('m')
    }
    expect(asJson.lines).toHaveLength(4)
    expect(asText.lines).toHaveLength(4)
    const times = asJson.lines.map((line) => (strictParse(line) as { time: unknown }).time)
    // A time that no four-digit year can show gives way to the system's.
    for (const each of times) expect(each).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    if (typeof time === 'number' && isIsoTime(time)) {
      expect(times.slice(1, 3)).toEqual([new Date(time).toISOString(), new Date(time).toISOString()])
    }
    expect(times[3]).toBe('1970-01-01T00:00:00.001Z')
    for (const line of asJson.lines) expect(strictParse(line)).toMatchObject({ msg: 'm' })
  })
})

describe('a fraction of a millisecond is cut off alike', () => {
  it.each([
    { time: 1.75, want: '1970-01-01T00:00:00.001Z' },
    { time: -0.5, want: '1970-01-01T00:00:00.000Z' },
    { time: -1.5, want: '1969-12-31T23:59:59.999Z' },
    { time: -1000.5, want: '1969-12-31T23:59:59.000Z' },
  ])('by all encoders of $time', ({ time, want }) => {
    const clock = { now: () => time }
    const written = [json(), json({ time: 'epochMs' }), logfmt(), pattern('%d'), pattern('%d{epochMs}'), sexpr()].map(
      (encoder) => {
        const { logger, lines } = write(encoder, { clock })
        logger.info('m')
        return lines[0]
      },
    )
    const ms = Date.parse(want)
    const second = Math.floor(ms / 1000)
    expect(written).toEqual([
      `{"level":"info","time":"${want}","msg":"m"}`,
      `{"level":"info","time":${ms},"msg":"m"}`,
      `level=info time=${want} msg=m`,
      want,
      String(ms),
      `(:level :info :ts ${second + 2_208_988_800} :msec ${ms - second * 1000} :msg "m")`,
    ])
  })
})
