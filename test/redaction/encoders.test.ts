import { describe, expect, it } from 'vitest'
import {
  createLogger,
  type Encoder,
  type FieldWriter,
  json,
  type JsonPreset,
  logfmt,
  type Logger,
  loggable,
  memory,
  pattern,
  pretty,
  type RedactOption,
  sexpr,
} from 'wideline'
import { capture } from '../logger/capture.js'
import { plainOutput } from './plain-output.js'

const PRESETS: JsonPreset[] = ['pino', 'ecs', 'gcp', 'otel', 'datadog']
const ENCODERS: { name: string; make: () => Encoder }[] = [
  { name: 'json', make: () => json() },
  ...PRESETS.map((preset) => ({ name: preset, make: () => json({ preset }) })),
  { name: 'pretty', make: () => pretty({ colour: false }) },
  { name: 'logfmt', make: () => logfmt() },
  { name: 'sexpr', make: () => sexpr() },
  { name: 'pattern', make: () => pattern('%msg %fields %error%n') },
]

const fields = {
  method: 'GET',
  url: '/S3CR3T',
  status: 200,
  outcome: 'completed',
  durationMs: 5,
  requestId: 'S3CR3T',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  kept: 1,
  error: new Error('S3CR3T'),
}

/** As the errors of HTTP clients are, which have a `toJSON` that gives all of it. */
class ClientError extends Error {
  readonly config = { data: 'S3CR3T', url: '/o?token=S3CR3T' }

  toJSON(): object {
    return { message: this.message, config: this.config }
  }
}

class Form {
  constructor(private readonly form: object) {}

  toJSON(): object {
    return this.form
  }
}

/** Every way for an error onto a line. */
function logEverywhere(log: Logger, error: Error): void {
  const logging = { [loggable]: (to: FieldWriter) => void to.all(error).any('within', error) }
  log.error(error)
  log.error('m', error)
  log.error('m', { error, failed: error, deep: [{ error }], map: new Map([['a', error]]), set: new Set([error]) })
  log.error('%s %j %o', error, error, { error })
  log.error('m', { form: { toJSON: () => error }, outer: { toJSON: () => ({ error }) }, logging })
  log.error('m', new Form(error))
  log.child(error).child({ error }).error('m')
  log.at('error')?.all(error).any('failed', error).msg('m')
  log.unit('job', { fields: error }, (unit) => unit.set(error))
}

describe.each(ENCODERS)('with $name', ({ name, make }) => {
  it('an error shows neither what it has of its own nor what its toJSON gives, wherever it stands', () => {
    const output = memory()
    const log = createLogger({ outputs: [{ output, encoder: make() }] })
    logEverywhere(log, new ClientError('refused'))
    logEverywhere(log, Object.assign(new Error('refused'), { config: { data: 'S3CR3T' } }))
    expect(output.lines.join('\n')).not.toContain('S3CR3T')
    expect(output.lines.filter((line) => line.includes('refused'))).toHaveLength(output.lines.length)
  })

  it("looks for patterns in an error's type and in a regular expression", () => {
    const output = memory()
    const log = createLogger({ outputs: [{ output, encoder: make() }], redact: { patterns: ['email'] } })
    const error = Object.assign(new Error('m'), { name: 'Of ann@example.org' })
    log.error('m', { error, nested: [error], form: /ann@example.org/, list: [/ann@example.org/] })
    expect(output.lines.join('')).toContain('[Redacted]')
    expect(output.lines.join('')).not.toContain('ann@')
  })

  it.each<{ strategy: 'remove' | 'mask' | 'hash' | 'tokenize' }>([
    { strategy: 'remove' },
    { strategy: 'mask' },
    { strategy: 'hash' },
    { strategy: 'tokenize' },
  ])('$strategy of fields with a place of their own leaves a whole line', ({ strategy }) => {
    const output = memory()
    const log = createLogger({
      outputs: [{ output, encoder: make() }],
      redact: { keys: Object.keys(fields).filter((key) => key !== 'kept'), strategy },
    })
    log.info('m', fields)
    log.child(fields).info('m')
    expect(output.lines).toHaveLength(2)
    for (const line of output.lines) {
      expect(line).not.toContain('S3CR3T')
      expect(line).toContain('kept')
      if (name === 'json' || (PRESETS as string[]).includes(name))
        expect(() => JSON.parse(line) as unknown).not.toThrow()
    }
  })

  it('an error is searched too, with its causes, wherever it stands', () => {
    const output = memory()
    const log = createLogger({ outputs: [{ output, encoder: make() }], redact: { patterns: ['email'] } })
    const error = new Error('no ann@example.org', { cause: new AggregateError([new Error('ann@example.org')], 'x') })
    log.error(error)
    log.error('m', { failed: error, deep: { error } })
    log.child({ error }).error('m')
    expect(output.lines.join('\n')).not.toContain('ann@')
    expect(output.lines.join('\n')).toContain('[Redacted]')
  })

  it('a path and a name reach into an error, as its field and within others', () => {
    const stack = 'Error: x\n    at pay (shop.js:1:1)'
    const inner = Object.assign(new Error('S3CR3T'), { stack })
    const error = Object.assign(new Error('x', { cause: inner }), { code: 'S3CR3T', errors: [inner], stack })
    for (const redact of [
      ['**.code', '**.message'],
      ['error.code', 'error.cause', 'error.errors', 'deep.error'],
      ['error.code', 'error.cause.message', 'error.errors[*].message', 'deep.error.*'],
      { keys: ['code', 'message'] },
    ]) {
      const output = memory()
      const log = createLogger({ outputs: [{ output, encoder: make() }], redact })
      log.error('m', { error, deep: { error } })
      log.child({ error }).error('m')
      expect(output.lines).toHaveLength(2)
      expect(output.lines.join('\n')).not.toContain('S3CR3T')
    }
  })

  it.each<{ redact: RedactOption }>([
    { redact: ['error', 'err'] },
    { redact: { keys: ['error', 'err'], strategy: 'remove' } },
    { redact: { paths: ['error', 'err'], strategy: 'hash' } },
  ])('the message of an error that is hidden is not that of its line: $redact', ({ redact }) => {
    const output = memory()
    const log = createLogger({ outputs: [{ output, encoder: make() }], redact })
    const error = new Error('S3CR3T')
    log.error(error)
    log.error({ err: error })
    log.error(error, { kept: 1 })
    expect(output.lines).toHaveLength(3)
    expect(output.lines.join('')).not.toContain('S3CR3T')
    expect(output.lines[2]).toContain('kept')
  })

  it('the message of an error is hidden wherever the line repeats it', () => {
    const text = 'S3CR3T\n    at S3CR3T (S3CR3T.js:1:1)'
    const moved = new Error(text)
    moved.message = 'another S3CR3T'
    for (const redact of [
      ['error', 'err', 'deep.error'].flatMap((at) => [`${at}.message`, `${at}.cause.message`]),
      { paths: ['**.message'], strategy: 'remove' as const },
      { keys: ['message'] },
    ]) {
      const output = memory()
      const log = createLogger({ outputs: [{ output, encoder: make() }], redact, errors: { fingerprint: true } })
      for (const error of [new Error(text), new RangeError(text, { cause: new Error(text) }), moved]) {
        log.error(error)
        log.error({ err: error })
        log.error(error, { a: 1 })
        log.error('m', { error, deep: { error } })
        log.child({ error }).error('m')
        if (!Array.isArray(redact)) log.error('in a text: %s', error)
      }
      expect(output.lines).toHaveLength(Array.isArray(redact) ? 15 : 18)
      expect(output.lines.join('\n')).not.toContain('S3CR3T')
      if (name !== 'pattern') expect(output.lines.join('\n')).toContain('encoders.test.ts')
    }
  })

  it('a property of an error is hashed once', () => {
    const output = memory()
    const redact: RedactOption = { keys: { code: 'hash', address: 'last4' }, hashKey: 'sixteen characters' }
    const log = createLogger({ outputs: [{ output, encoder: make() }], redact })
    const code = 'E_REFUSED'
    log.error('m', { code, error: Object.assign(new Error('x'), { code, address: '10.20.30.40' }) })
    expect(new Set(output.lines[0].match(/hmac:\w+/g))).toHaveProperty('size', 1)
    if (!['ecs', 'otel', 'gcp'].includes(name)) expect(output.lines[0]).toContain('…0.40')
  })
})

describe('an output that takes entries gets them without secrets', () => {
  const given = {
    user: { email: 'S3CR3T', name: 'ann', password: 'S3CR3T' },
    list: [{ pin: 'S3CR3T', id: 1 }],
    map: new Map([['pin', 'S3CR3T']]),
    mixed: new Map<unknown, unknown>([
      [1, 2],
      ['pin', 'S3CR3T'],
    ]),
    own: { [loggable]: (to: { any(key: string, value: unknown): void }) => to.any('pin', 'S3CR3T') },
    iban: 'S3CR3T',
    text: 'card 4242424242424242',
    deep: { text: ['4242424242424242'], card: 4242424242424242 },
    ['mail 4242424242424242']: 1,
    error: new Error('4242424242424242'),
  }
  const redact: RedactOption = {
    paths: ['user.email', 'list[*].pin', 'map.pin', 'mixed.pin', 'own.pin', 'iban'],
    patterns: ['card'],
  }

  it('as errors that have more of their own, or a toJSON that gives it', () => {
    const { output, taken } = plainOutput()
    logEverywhere(createLogger({ outputs: [output] }), new ClientError('refused'))
    expect(JSON.stringify(taken)).not.toContain('S3CR3T')
    expect(taken.filter((line) => JSON.stringify(line).includes('refused'))).toHaveLength(taken.length)
  })

  it('as values of fields, contexts, messages and errors, at any depth', () => {
    const { output, taken } = plainOutput()
    const log = createLogger({ outputs: [output], redact })
    log.info('m 4242424242424242', given)
    log.child(given).info('m')
    expect(taken).toHaveLength(2)
    const text = JSON.stringify(taken)
    expect(text).not.toMatch(/S3CR3T|4242424242424242/)
    expect(taken[0]).toMatchObject({ user: { name: 'ann' }, list: [{ id: 1, pin: '[Redacted]' }] })
  })
})

it('the line that stands for one that could not be encoded is searched too', () => {
  const output = memory()
  let calls = 0
  const inner = json()
  const encoder: Encoder = {
    reservedKeys: inner.reservedKeys,
    encodeField: (...args) => inner.encodeField(...args),
    encode: (entry, out) => {
      if (calls++ === 0) throw new Error('no ann@example.org')
      inner.encode(entry, out)
    },
  }
  const log = createLogger({
    outputs: [{ output, encoder }],
    redact: { patterns: ['email'] },
    onError: () => undefined,
  })
  log.info('m')
  expect(output.parsed()).toMatchObject([{ msg: 'm', loggingError: 'no [Redacted]' }])
})

describe('error detail', () => {
  const error = Object.assign(
    new RangeError('too large', { cause: new Error('inner', { cause: new Error('innermost') }) }),
    {
      code: 'E_BIG',
      requestId: 'r-1',
      token: 'S3CR3T',
      config: { token: 'S3CR3T' },
    },
  )

  function written(errors: object): Record<string, unknown> {
    const { logger, last } = capture({ errors })
    logger.error('m', { error })
    return last()['error'] as Record<string, unknown>
  }

  it('has frames, causes and well-known properties as it comes', () => {
    expect(written({})).toMatchObject({
      type: 'RangeError',
      message: 'too large',
      code: 'E_BIG',
      cause: { cause: { message: 'innermost' } },
    })
    expect(written({})).not.toHaveProperty('requestId')
    expect(written({})).not.toHaveProperty('fingerprint')
  })

  it('bounds frames and causes, and says how many frames are left out', () => {
    const short = written({ frames: 2, causes: 1 })
    expect(String(short['stack']).match(/\n {4}at /g)).toHaveLength(2)
    expect(String(short['stack'])).toMatch(/\n {4}… \d+ more$/)
    expect((short['cause'] as { cause: unknown }).cause).toBe('[Cut]')
    expect(String(written({ frames: 0 })['stack'])).not.toContain(' at ')
  })

  it('gives the stack as lines, or not at all', () => {
    const { stack } = written({ stack: 'lines', frames: 1 }) as { stack: string[] }
    expect(stack).toHaveLength(2)
    expect(stack[0]).toContain('encoders.test.ts')
    expect(written({ stack: 'none' })).not.toHaveProperty('stack')
  })

  it('takes more properties by name, and no secret among them', () => {
    expect(written({ properties: ['requestId', 'token', 'config', 'message'] })).toMatchObject({
      message: 'too large',
      requestId: 'r-1',
      token: '[Redacted]',
    })
    expect(JSON.stringify(written({ properties: ['token', 'config'] }))).not.toContain('S3CR3T')
  })

  it('keeps a stack that a source map or the application has rewritten', () => {
    const mapped = Object.assign(new Error('x'), {
      stack: 'Error: x\n    at pay (src/orders.ts:27:3)\n    -> /app/src/orders.ts',
    })
    const { logger, last } = capture({ errors: { stack: 'lines' } })
    logger.error(mapped)
    expect(last()['error']).toMatchObject({ stack: ['pay (src/orders.ts:27:3)'] })
  })

  it('has the same fingerprint for one place and type, whatever the data, and another for another', () => {
    const fail = (id: number, Type: typeof Error = Error): Error => new Type(`order ${id} failed`)
    const print = (thrown: Error): unknown => {
      const { logger, last } = capture({ errors: { fingerprint: true } })
      logger.error(thrown)
      return (last()['error'] as Record<string, unknown>)['fingerprint']
    }
    const [one, other] = [1, 2].map((id) => print(fail(id)))
    expect(one).toMatch(/^[0-9a-f]{16}$/)
    expect(other).toBe(one)
    expect(print(fail(1, RangeError))).not.toBe(one)
    const without = (message: string): Error => Object.assign(new Error(message), { stack: message })
    expect(print(without('order 1 failed'))).toBe(print(without('order 2 failed')))
    expect(print(without('order 1 failed'))).not.toBe(print(without('order 1 lost')))
  })

  it.each([
    { errors: { frames: -1 }, want: 'errors.frames must be an integer from 0 to 200' },
    { errors: { stack: 'html' }, want: "errors.stack must be 'text', 'lines' or 'none'" },
    { errors: { frame: 1 }, want: 'did you mean frames?' },
  ])('refuses $want', ({ errors, want }) => {
    expect(() => capture({ errors: errors as never })).toThrow(want)
  })
})
