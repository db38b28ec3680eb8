import { describe, expect, it } from 'vitest'
import { type Clock, json, type JsonOptions, OptionError, pretty, type PrettyOptions } from 'wideline'
import { fixedClock } from 'wideline/testing'
import { errorAt, NOW, write } from './lines.js'
import { strictParse } from './strict-json.js'

function line(options: JsonOptions, fields: object = { orderId: 42 }, clock: Clock = fixedClock(NOW)) {
  const { logger, lines, problems } = write(json(options), { name: 'shop', clock })
  logger.info('order paid', fields)
  expect(problems).toEqual([])
  strictParse(lines[0])
  return lines[0]
}

describe('json() with options', () => {
  it.each<{ name: string; input: JsonOptions; want: string }>([
    {
      name: 'without any is the plain line',
      input: {},
      want: '{"level":"info","time":"2026-11-23T02:52:15.206Z","logger":"shop","msg":"order paid","orderId":42}',
    },
    {
      name: 'renames keys',
      input: { keys: { level: 'severity', time: '@timestamp', logger: 'log "name"', message: 'message' } },
      want: '{"severity":"info","@timestamp":"2026-11-23T02:52:15.206Z","log \\"name\\"":"shop","message":"order paid","orderId":42}',
    },
    {
      name: 'leaves a key alone whose option is undefined',
      input: { keys: { level: undefined as unknown as string, message: 'message' } },
      want: '{"level":"info","time":"2026-11-23T02:52:15.206Z","logger":"shop","message":"order paid","orderId":42}',
    },
    {
      name: 'writes levels as numbers',
      input: { level: 'number' },
      want: '{"level":30,"time":"2026-11-23T02:52:15.206Z","logger":"shop","msg":"order paid","orderId":42}',
    },
    {
      name: 'writes milliseconds as a number',
      input: { time: 'epochMs' },
      want: '{"level":"info","time":1795402335206,"logger":"shop","msg":"order paid","orderId":42}',
    },
    {
      name: 'writes nanoseconds as text, which no reader rounds',
      input: { time: 'epochNs' },
      want: '{"level":"info","time":"1795402335206000000","logger":"shop","msg":"order paid","orderId":42}',
    },
    {
      name: 'changes a preset',
      input: { preset: 'gcp', time: 'epochMs', level: 'number', keys: { message: 'textPayload' } },
      want: '{"severity":200,"time":1795402335206,"logger":"shop","textPayload":"order paid","orderId":42}',
    },
    {
      name: 'changes where a preset nests',
      input: { preset: 'datadog', keys: { logger: 'logger_name' } },
      want: '{"status":"info","timestamp":"2026-11-23T02:52:15.206Z","logger_name":"shop","message":"order paid","orderId":42}',
    },
  ])('$name', ({ input, want }) => {
    expect(line(input)).toBe(want)
  })

  it('keeps what the clock knows of a millisecond, in nanoseconds', () => {
    const now = 1795402335206.25
    expect(line({ time: 'epochNs' }, {}, { now: () => now })).toContain('"time":"1795402335206250000"')
    expect(line({ time: 'epochMs' }, {}, { now: () => now })).toContain('"time":1795402335206,')
  })

  it.each(['iso', 'epochMs', 'epochNs'] as const)('writes the time of each line, not the last one’s (%s)', (time) => {
    let now = Date.UTC(2001, 8, 9, 1, 46, 39, 999)
    const { logger, lines } = write(json({ time }), { clock: { now: () => now } })
    logger.info('a')
    now++
    logger.info('b')
    now = -1
    logger.info('c')
    const read = lines.map((each) => (strictParse(each) as { time: string | number }).time)
    const want = {
      iso: ['2001-09-09T01:46:39.999Z', '2001-09-09T01:46:40.000Z', '1969-12-31T23:59:59.999Z'],
      epochMs: [999999999999, 1000000000000, -1],
      epochNs: ['999999999999000000', '1000000000000000000', '-1000000'],
    }
    expect(read).toEqual(want[time])
  })

  it('writes every level in its form', () => {
    const { logger, lines } = write(json({ level: 'number' }))
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) logger[level]('m')
    expect(() => logger.panic('m')).toThrow('m')
    expect(lines.map((each) => (JSON.parse(each) as { level: number }).level)).toEqual([10, 20, 30, 40, 50, 60, 70])
  })

  it('gives fields of the renamed names an underscore, and frees the plain names', () => {
    const keys = { level: 'severity', message: 'message' }
    expect(json({ keys }).reservedKeys).toEqual(['severity', 'time', 'logger', 'message'])
    expect(line({ keys }, { severity: 1, message: 2, level: 3, msg: 4 })).toBe(
      '{"severity":"info","time":"2026-11-23T02:52:15.206Z","logger":"shop","message":"order paid","_severity":1,"_message":2,"level":3,"msg":4}',
    )
  })

  it('holds the given limits', () => {
    const limits = { maxDepth: 1, maxItems: 2, maxStringLength: 256 }
    expect(line({ limits }, { a: { b: { c: 1 } }, list: [1, 2, 3], text: 'x'.repeat(260) })).toContain(
      `"a":{"b":"[Object]"},"list":[1,2,"… 1 more"],"text":"${'x'.repeat(256)}…[+4]"`,
    )
    const bytes = Buffer.byteLength(line({ limits: { maxLineBytes: 1024 } }, { a: 'x'.repeat(2000), b: 1 }))
    expect(bytes).toBeLessThan(1200)
  })
})

describe('json({ keys: { error } })', () => {
  const error = errorAt(new TypeError('no'), 'a (b.js:1:1)')
  const body = '{"type":"TypeError","message":"no","stack":"TypeError: no\\n    at a (b.js:1:1)"}'
  const head = '{"level":"info","time":"2026-11-23T02:52:15.206Z","logger":"shop","msg":"order paid"'
  const options = { keys: { error: 'err' } }

  it.each([
    { name: 'writes the error of a call there', fields: { error, a: 1 }, want: `,"err":${body},"a":1}` },
    { name: 'leaves an error that is there already', fields: { err: error, a: 1 }, want: `,"err":${body},"a":1}` },
    {
      name: 'leaves the error where it is when something else is there',
      fields: { err: 'text', error },
      want: `,"err":"text","error":${body}}`,
    },
    {
      name: 'writes both where both are errors',
      fields: { error, err: error },
      want: `,"err":${body},"error":${body}}`,
    },
    { name: 'leaves what is no error', fields: { error: 'text' }, want: ',"error":"text"}' },
  ])('$name', ({ fields, want }) => {
    expect(line(options, fields)).toBe(head + want)
  })

  it('sees the error of a context and of the line together', () => {
    const { logger, lines } = write(json(options))
    const child = logger.child({ error })
    child.info('a')
    child.info('b', { err: 1 })
    child.info('c', { error: 2 })
    child.child({ err: 3 }).info('d')
    for (const each of lines) strictParse(each)
    const rest = lines.map((each) => each.slice(each.indexOf('"msg"')))
    expect(rest).toEqual([
      `"msg":"a","err":${body}}`,
      `"msg":"b","error":${body},"err":1}`,
      '"msg":"c","error":2}',
      `"msg":"d","error":${body},"err":3}`,
    ])
  })
})

describe('json() throws OptionError', () => {
  it.each<{ input: unknown; want: string }>([
    { input: 'pino', want: 'json must be an object, got "pino"' },
    { input: { prest: 'pino' }, want: 'json.prest must be a known option (did you mean preset?), got "prest"' },
    {
      input: { preset: 'bunyan' },
      want: "json.preset must be 'pino', 'ecs', 'gcp', 'otel' or 'datadog', got \"bunyan\"",
    },
    { input: { level: 30 }, want: "json.level must be 'label' or 'number', got 30" },
    { input: { time: 'epoch' }, want: "json.time must be 'iso', 'epochMs' or 'epochNs', got \"epoch\"" },
    { input: { keys: ['level'] }, want: 'json.keys must be an object, got an array' },
    {
      input: { keys: { msg: 'm' } },
      want: 'json.keys.msg must be one of level, time, logger, message, error, got "msg"',
    },
    {
      input: { keys: { level: '' } },
      want: 'json.keys.level must be a well-formed text of 1 to 256 characters, got ""',
    },
    {
      input: { keys: { level: 'x\ud800' } },
      want: 'json.keys.level must be a well-formed text of 1 to 256 characters, got "x\\ud800"',
    },
    {
      input: { keys: { level: 'time' } },
      want: 'json.keys.time must be a key that stands for nothing else, got "time"',
    },
    {
      input: { preset: 'pino', keys: { logger: 'pid' } },
      want: 'json.keys.logger must be a key that stands for nothing else, got "pid"',
    },
    {
      input: { preset: 'otel', keys: { message: 'Attributes' } },
      want: 'json.keys.message must be a key that stands for nothing else, got "Attributes"',
    },
    { input: { limits: { maxDepth: 0 } }, want: 'json.limits.maxDepth must be an integer from 1 to 100, got 0' },
    {
      input: { limits: { maxLineBytes: 1 } },
      want: 'json.limits.maxLineBytes must be an integer from 1024 to 67108864, got 1',
    },
  ])('$want', ({ input, want }) => {
    expect(() => json(input as JsonOptions)).toThrow(OptionError)
    expect(() => json(input as JsonOptions)).toThrow(want)
  })

  it('never changes what it was given', () => {
    const input = Object.freeze({ keys: Object.freeze({ level: 'l' }), limits: Object.freeze({ maxDepth: 3 }) })
    expect(json(input).reservedKeys).toContain('l')
  })
})

it.each([
  { input: { color: true }, want: 'pretty.color must be a known option (did you mean colour?), got "color"' },
  { input: { colour: 'always' }, want: 'pretty.colour must be true or false, got "always"' },
  { input: null, want: 'pretty must be an object, got null' },
])('pretty() throws OptionError for $input', ({ input, want }) => {
  expect(() => pretty(input as PrettyOptions)).toThrow(OptionError)
  expect(() => pretty(input as PrettyOptions)).toThrow(want)
})
