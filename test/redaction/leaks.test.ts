import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createLogger,
  DEFAULT_SECRETS,
  type Encoder,
  json,
  type Logger,
  logfmt,
  loggable,
  memory,
  pattern,
  pretty,
  sexpr,
} from 'wideline'
import { runs } from '../runs.js'

const ENCODERS: { name: string; make: () => Encoder }[] = [
  { name: 'json', make: () => json() },
  { name: 'json, ecs', make: () => json({ preset: 'ecs' }) },
  { name: 'json, gcp', make: () => json({ preset: 'gcp' }) },
  { name: 'json, otel', make: () => json({ preset: 'otel' }) },
  { name: 'json, datadog', make: () => json({ preset: 'datadog' }) },
  { name: 'json, pino', make: () => json({ preset: 'pino' }) },
  { name: 'pretty', make: () => pretty({ colour: false }) },
  { name: 'logfmt', make: () => logfmt() },
  { name: 'sexpr', make: () => sexpr() },
  { name: 'pattern', make: () => pattern('%d [%level] %logger - %msg %fields%n') },
]

/** Letters, digits and signs, with some that escape differently in JSON, URLs and terminals; always findable. */
const secrets = fc
  .string({ unit: fc.constantFrom(...Array.from('abcXYZ019!"\\ /+é漢&=<')), minLength: 6, maxLength: 24 })
  .map((text) => `S3${text}cr3t`)

const cased = (name: string): fc.Arbitrary<string> =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((upper) => Array.from(name, (letter, i) => (upper[i] ? letter.toUpperCase() : letter)).join(''))
const names = fc
  .constantFrom(...DEFAULT_SECRETS)
  .chain(cased)
  .chain((name) =>
    fc
      .constantFrom('', '-', '_', '.', ' ')
      .map((sign) => name.slice(0, 3) + (name.length > 3 ? sign : '') + name.slice(3)),
  )

/** Puts a named value into something that can be logged. */
type Wrap = (name: string, value: unknown) => unknown
const WRAPS: readonly Wrap[] = [
  (name, value) => ({ [name]: value }),
  (name, value) => ({ a: 1, [name]: value, z: [] }),
  (name, value) => [1, { [name]: value }],
  (name, value) => new Map<string, unknown>([[name, value]]),
  (name, value) =>
    new Map<unknown, unknown>([
      [{}, 1],
      [name, value],
    ]),
  (name, value) => new Set([{ [name]: value }]),
  (name, value) => ({ toJSON: () => ({ [name]: value }) }),
  (name, value) => ({ [loggable]: (to: { any(key: string, v: unknown): void }) => to.any(name, value) }),
  (name, value) => Object.assign(Object.create({ inherited: 1 }) as object, { [name]: value }),
  (name, value) => Object.assign(Object.create(null) as object, { [name]: value }),
  (name, value) => Object.assign(new Error('x'), { [name]: value, config: { [name]: value } }),
  (name, value) => new Error('x', { cause: Object.assign(new Error('y'), { [name]: value }) }),
  (name, value) => new Proxy({ [name]: value }, {}),
  (name, value) => ({
    get [name](): unknown {
      return value
    },
  }),
]
const VALUES: readonly ((secret: string) => unknown)[] = [
  (secret) => secret,
  (secret) => [secret],
  (secret) => ({ inner: { deep: secret } }),
  (secret) => new Map([['k', secret]]),
  (secret) => Buffer.from(secret),
  (secret) => new URL(`https://a.example/?q=${encodeURIComponent(secret)}`),
  (secret) => new Error(secret),
  (secret) => ({ toJSON: () => secret }),
  (secret) => Buffer.from(secret).toString('base64'),
  (secret) => Buffer.from(secret).toString('hex'),
  (secret) => encodeURIComponent(secret),
  (secret) => JSON.stringify({ secret }),
]
const DOORS: readonly ((log: Logger, name: string, value: unknown, wrapped: unknown) => void)[] = [
  (log, name, value) => log.info('m', { [name]: value }),
  (log, name, value) => log.info({ [name]: value }, 'm'),
  (log, _name, _value, wrapped) => log.info('m', { wrapped }),
  (log, _name, _value, wrapped) => log.info('m', { a: [{ b: wrapped }] }),
  (log, _name, _value, wrapped) => log.info('m %j %o', wrapped, { wrapped }),
  (log, _name, _value, wrapped) => log.info('m', [wrapped]),
  (log, _name, _value, wrapped) => log.child({ wrapped }).info('m'),
  (log, name, value) =>
    log
      .child({ [name]: value })
      .child({ b: 1 })
      .info('m'),
  (log, name, value) => log.at('info')?.any(name, value).msg('m'),
  (log, _name, _value, wrapped) => log.at('info')?.any('wrapped', wrapped).error('error', wrapped).msg('m'),
  (log, name, value) => log.at('info')?.append(log.createFields().any(name, value)).msg('m'),
  (log, _name, _value, wrapped) => log.error('m', wrapped),
  (log, name, value) => {
    const stop = log.hooks.before((line) => line.any(name, value))
    log.info('m')
    stop()
  },
]

/** Every form a secret could be found in. */
function forms(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
}

function expectNoLeak(line: string, secret: string): void {
  for (const form of forms(secret)) expect(line).not.toContain(form)
}

describe.each(ENCODERS)('with $name', ({ make }) => {
  const output = memory()
  const log = createLogger({ level: 'trace', outputs: [{ output, encoder: make() }], onError: () => undefined })

  it('a secret planted under a secret name, in any container, casing, form and call, never appears', () => {
    fc.assert(
      fc.property(
        secrets,
        names,
        fc.constantFrom(...WRAPS),
        fc.constantFrom(...VALUES),
        fc.constantFrom(...DOORS),
        (secret, name, wrap, valueOf, door) => {
          output.clear()
          const value = valueOf(secret)
          door(log, name, value, wrap(name, value))
          expect(output.lines.length).toBeGreaterThan(0)
          expectNoLeak(output.lines.join('\n'), secret)
        },
      ),
      { numRuns: runs(300) },
    )
  })
})

describe('a secret at a path', () => {
  const steps = fc.array(fc.constantFrom('user', 'card', 'items', 'meta', 'Address', 'x-ref'), {
    minLength: 1,
    maxLength: 5,
  })

  it('never appears, whatever stands around it, and what is beside the path stays', () => {
    fc.assert(
      fc.property(steps, secrets, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), (path, secret, wild) => {
        const output = memory()
        const pathText = path
          .map((step, i) => (wild[i] && i < path.length - 1 ? '*' : `["${step}"]`))
          .join('.')
          .replaceAll('.[', '[')
        const log = createLogger({
          outputs: [{ output, encoder: json() }],
          redact: [pathText, 'other.path', '**.nothing'],
        })
        const planted = path
          .toReversed()
          .reduce<unknown>((value, step) => ({ before: 'kept', [step]: value }), secret) as object
        log.info('m', planted)
        log.child(planted).info('m')
        for (const line of output.lines) {
          expectNoLeak(line, secret)
          expect(line).toContain('kept')
        }
      }),
      { numRuns: runs(300) },
    )
  })
})

describe('a secret inside a text', () => {
  const TEXTS: readonly ((name: string, value: string) => string)[] = [
    (name, value) => JSON.stringify({ a: 1, [name]: value, b: 2 }),
    (name, value) => JSON.stringify({ body: JSON.stringify({ [name]: value }) }),
    (name, value) => `GET /orders?page=1&${name}=${encodeURIComponent(value)}&x=2`,
    (name, value) => `request failed: {"${name}": ${JSON.stringify(value)}} (status 500)`,
  ]
  const plainSecrets = fc
    .string({ unit: fc.constantFrom(...Array.from('abcXYZ019!+/')), minLength: 6, maxLength: 20 })
    .map((text) => `S3${text}cr3t`)

  it('never appears where pairs are looked for: in fields, messages, errors and nested values', () => {
    const output = memory()
    const log = createLogger({ outputs: [{ output, encoder: json() }], redact: { patterns: ['pairs'] } })
    fc.assert(
      fc.property(
        plainSecrets,
        fc.constantFrom(...DEFAULT_SECRETS),
        fc.constantFrom(...TEXTS),
        (secret, name, textOf) => {
          output.clear()
          const text = textOf(name, secret)
          log.info(text, { text, deep: [{ text }] })
          log.error(new Error(text))
          expectNoLeak(output.lines.join('\n'), secret)
        },
      ),
      { numRuns: runs(500) },
    )
  })
})

describe('the search for leaks (control)', () => {
  it.each(forms('S3"é/cr3t').map((form) => ({ form })))('finds $form', ({ form }) => {
    expect(() => expectNoLeak(`{"a":"${form}"}`, 'S3"é/cr3t')).toThrow('not to contain')
  })

  it('finds a secret under a name that is none', () => {
    const output = memory()
    createLogger({ outputs: [{ output, encoder: json() }] }).info('m', { harmless: { deep: 'S3xcr3t' } })
    expect(() => expectNoLeak(output.lines[0], 'S3xcr3t')).toThrow('not to contain')
  })
})
