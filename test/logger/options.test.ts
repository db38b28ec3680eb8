import { describe, expect, it } from 'vitest'
import { createLogger, json, type LoggerOptions, memory, OptionError, stdout } from 'wideline'

const LEVELS = "'trace', 'debug', 'info', 'warn', 'error', 'fatal', 'panic' or 'silent'"
const OUTPUT = 'an output, such as stdout() or stream(writable)'
const SINK = 'an object with one as its output'
const ENCODER = 'an encoder, such as json()'
const output = memory()

const NAMES =
  'name, level, fields, outputs, clock, pool, secrets, redact, errors, noticeEveryMs, shutdownHooks, onError, levels, serializers, hooks, filter, sampling, rateLimit, coalesce'

const WRONG: { input: unknown; want: string }[] = [
  { input: Promise.resolve({ secrets: ['pin'] }), want: 'options must be an object, got a promise' },
  { input: { name: 5 }, want: 'name must be a string, got 5' },
  { input: { base: null }, want: `base must be one of ${NAMES}, got "base"` },
  { input: { level: 'loud' }, want: `level must be ${LEVELS}, got "loud"` },
  { input: { level: 30 }, want: `level must be ${LEVELS}, got 30` },
  { input: { fields: [1] }, want: 'fields must be an object, got an array' },
  { input: { fields: 'x' }, want: 'fields must be an object, got "x"' },
  { input: { outputs: [] }, want: 'outputs must be an array of one output or more, got an empty array' },
  { input: { outputs: output }, want: 'outputs must be an array of one output or more, got an object' },
  { input: { outputs: [output, null] }, want: `outputs[1] must be ${OUTPUT}, or ${SINK}, got null` },
  { input: { outputs: [{}] }, want: `outputs[0] must be ${OUTPUT}, or ${SINK}, got an object` },
  { input: { outputs: [stdout] }, want: `outputs[0] must be ${OUTPUT}, or ${SINK}, got a function` },
  { input: { outputs: [process.stdout] }, want: `outputs[0] must be ${OUTPUT}, or ${SINK}, got an object` },
  { input: { outputs: [{ output: {} }] }, want: `outputs[0].output must be ${OUTPUT}, got an object` },
  { input: { outputs: [{ output, encoder: 'json' }] }, want: `outputs[0].encoder must be ${ENCODER}, got "json"` },
  { input: { outputs: [{ output, encoder: json }] }, want: `outputs[0].encoder must be ${ENCODER}, got a function` },
  { input: { outputs: [output, { output, level: 'all' }] }, want: `outputs[1].level must be ${LEVELS}, got "all"` },
  {
    input: { outputs: [{ output, encode: json() }] },
    want: 'outputs[0].encode must be a known option (did you mean encoder?), got "encode"',
  },
  {
    input: { outputs: [output, { output, filter: 'a =' }] },
    want: 'outputs[1].filter, column 4, must be a value, got "the end"',
  },
  {
    input: { outputs: [output, { output, filter: {} }] },
    want: 'outputs[1].filter must be an object with at least one field, got an object',
  },
  {
    input: { sampling: { always: { when: 'a =' } } },
    want: 'sampling.always.when, column 4, must be a value, got "the end"',
  },
  { input: { clock: Date.now }, want: 'clock must be an object with now(), got a function' },
  { input: { clock: {} }, want: 'clock must be an object with now(), got an object' },
  { input: { secrets: 'password' }, want: 'secrets must be an array of strings, none of them empty, got "password"' },
  { input: { secrets: ['a', 1] }, want: 'secrets must be an array of strings, none of them empty, got an array' },
  { input: { secrets: ['a', ''] }, want: 'secrets must be an array of strings, none of them empty, got an array' },
  {
    input: { redact: { keys: new Set(['iban']) } },
    want: 'redact.keys must be an array of texts, or an object of strategies, got a set',
  },
  {
    input: { redact: { paths: Promise.resolve(['user.iban']) } },
    want: 'redact.paths must be an array of texts, or an object of strategies, got a promise',
  },
  { input: { redact: new Set(['user.iban']) }, want: 'redact must be an object, got a set' },
  { input: new Map([['secrets', ['iban']]]), want: 'options must be an object, got a map' },
  { input: { fields: Promise.resolve({}) }, want: 'fields must be an object, got a promise' },
  {
    input: { levels: new Map([['app.db', 'debug']]) },
    want: 'levels must be a text or an object of names and levels, got a map',
  },
  { input: { serializers: new Map() }, want: 'serializers must be an object of functions, got a map' },
  {
    input: { serializers: { user: 'id', order: String } },
    want: 'serializers[\'user\'] must be a function, got "id"',
  },
  { input: { serializers: [] }, want: 'serializers must be an object of functions, got an empty array' },
  { input: { onError: true }, want: 'onError must be a function, got true' },
  { input: { pool: 5 }, want: 'pool must be an object, got 5' },
  {
    input: { pool: { bufferBytes: 1023 } },
    want: 'pool.bufferBytes must be an integer from 1024 to 16777216, got 1023',
  },
  { input: { pool: { maxBuffers: -1 } }, want: 'pool.maxBuffers must be an integer from 0 to 65536, got -1' },
  {
    input: { pool: { maxRetainedBytes: 0.5 } },
    want: 'pool.maxRetainedBytes must be an integer from 0 to 1073741824, got 0.5',
  },
  { input: { pool: { poison: 1 } }, want: 'pool.poison must be true or false, got 1' },
  {
    input: { pool: { bufferByte: 4096 } },
    want: 'pool.bufferByte must be a known option (did you mean bufferBytes?), got "bufferByte"',
  },
  { input: { levle: 'info' }, want: 'levle must be a known option (did you mean level?), got "levle"' },
  { input: { output }, want: 'output must be a known option (did you mean outputs?), got "output"' },
  { input: { Level: 'info' }, want: 'Level must be a known option (did you mean level?), got "Level"' },
  {
    input: { transport: {} },
    want: `transport must be one of ${NAMES}, got "transport"`,
  },
  { input: 'info', want: 'options must be an object, got "info"' },
  { input: null, want: 'options must be an object, got null' },
  { input: [], want: 'options must be an object, got an empty array' },
]

function refused(input: unknown): OptionError {
  try {
    createLogger(input as LoggerOptions)
  } catch (error) {
    if (error instanceof OptionError) return error
  }
  throw new Error('not refused with an OptionError')
}

describe('createLogger refuses', () => {
  it.each(WRONG)('$want', ({ input, want }) => {
    expect(refused(input).message).toBe(want)
  })

  it('with an OptionError that says what is wrong in parts too', () => {
    const error = refused({ outputs: [{ output, level: 'all' }] })
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ name: 'OptionError', option: 'outputs[0].level', given: 'all' })
    expect(error.expected).toContain("'silent'")
  })

  it('a long value by its beginning', () => {
    expect(refused({ level: 'x'.repeat(1000) }).message.length).toBeLessThan(220)
  })

  it('before it opens anything', () => {
    let opened = 0
    const watched = {
      ...memory(),
      begin: output.begin,
      commit: output.commit,
      flush: output.flush,
      flushSync: output.flushSync,
      close: output.close,
      stats: output.stats,
      open: () => void opened++,
    }
    refused({ outputs: [watched], secrets: 5 })
    expect(opened).toBe(0)
  })
})

describe('createLogger takes', () => {
  it('its options once: changes afterwards change nothing', () => {
    const secrets: string[] = []
    const fields: Record<string, unknown> = { a: 1 }
    const outputs = [{ output: memory(), encoder: json() }]
    const options = { secrets, fields, outputs, level: 'info' as 'info' | 'silent' }
    const logger = createLogger(options)
    secrets.push('iban')
    fields['a'] = 2
    options.level = 'silent'
    logger.info('m', { iban: 'DE89' })
    expect(outputs[0].output.parsed()[0]).toMatchObject({ a: 1, iban: 'DE89' })
  })

  it('frozen options, and changes none', () => {
    const options = Object.freeze({ name: 'shop', fields: Object.freeze({ a: 1 }), outputs: Object.freeze([memory()]) })
    expect(() => createLogger(options)).not.toThrow()
    expect(options).toMatchObject({ name: 'shop', fields: { a: 1 } })
  })

  it('undefined for any of them as if it were not there', () => {
    const options = {
      name: undefined,
      level: undefined,
      fields: undefined,
      clock: undefined,
      pool: undefined,
      onError: undefined,
    }
    const logger = createLogger({ ...options, outputs: [memory()] } as never)
    expect([logger.name, logger.level]).toEqual(['', 'info'])
  })

  it('them alone: a stream beside them, where pino has it, would be ignored', () => {
    const create = createLogger as (options: object, beside?: unknown) => unknown
    expect(() => create({ level: 'info' }, output)).toThrow(
      'createLogger must be given its outputs as an option, such as outputs: [stream(out)] or [file(path)], got an object',
    )
    expect(() => [{}].map(create)).not.toThrow()
  })

  it('an output by itself, which then gets json()', () => {
    const bare = memory()
    createLogger({ outputs: [bare] }).info('m')
    expect(bare.parsed()[0]).toMatchObject({ msg: 'm' })
  })

  it('an output that people read, which then gets pretty()', () => {
    const terminal = memory()
    createLogger({ outputs: [Object.assign(terminal, { isTerminal: true })] }).info('m')
    // oxlint-disable-next-line no-control-regex
    expect(terminal.lines[0].replace(/\u001b\[\d+m/g, '')).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}m$/)
  })
})
