import { describe, expect, it } from 'vitest'
import {
  createLogger,
  DEFAULT_SECRETS,
  type Encoder,
  json,
  logfmt,
  type Logger,
  memory,
  pattern,
  pretty,
} from 'wideline'

const PLANTED = 'S3CR3T'

/** Every way to a line that was thought of. The last value is the one that must not be seen. */
const DOORS: { name: string; log: (logger: Logger, key: string) => void }[] = [
  { name: 'the fields', log: (log, key) => log.info('m', { [key]: PLANTED }) },
  { name: 'the fields before the message', log: (log, key) => log.info({ [key]: PLANTED }, 'm') },
  { name: 'later fields', log: (log, key) => log.info('m', { a: 1 }, { [key]: PLANTED }) },
  { name: 'a nested value', log: (log, key) => log.info('m', { request: { headers: [{ [key]: PLANTED }] } }) },
  { name: 'a typed field', log: (log, key) => log.at('info')?.string(key, PLANTED).msg('m') },
  {
    name: 'a typed bag',
    log: (log, key) =>
      log
        .at('info')
        ?.all({ [key]: PLANTED })
        .msg('m'),
  },
  { name: 'the context', log: (log, key) => log.child({ [key]: PLANTED }).info('m') },
  { name: 'a nested context', log: (log, key) => log.child({ a: { [key]: PLANTED } }).info('m') },
  {
    name: 'a grandchild',
    log: (log, key) =>
      log
        .child({ a: 1 })
        .child({ [key]: PLANTED })
        .info('m'),
  },
  { name: 'a printf value', log: (log, key) => log.info('m %j %s', { [key]: PLANTED }, { a: { [key]: PLANTED } }) },
  { name: 'a value without a placeholder', log: (log, key) => log.info('m', [{ [key]: PLANTED }]) },
  {
    name: 'a set of fields',
    log: (log, key) => log.at('info')?.append(log.createFields().string(key, PLANTED)).msg('m'),
  },
  { name: "an error's property", log: (log, key) => log.error(Object.assign(new Error('x'), { [key]: PLANTED })) },
  {
    name: "an error's object",
    log: (log, key) => log.error(Object.assign(new Error('x'), { config: { [key]: PLANTED } })),
  },
  {
    name: "a cause's property",
    log: (log, key) => log.error(new Error('x', { cause: Object.assign(new Error('y'), { [key]: PLANTED }) })),
  },
  { name: 'a cause that is no error', log: (log, key) => log.error(new Error('x', { cause: { [key]: PLANTED } })) },
  {
    name: 'what was thrown although it is no error',
    log: (log, key) =>
      log
        .at('error')
        ?.error('error', { [key]: PLANTED })
        .msg('m'),
  },
  {
    name: 'an error whose message is an object',
    log: (log, key) => log.error('m', Object.assign(new Error('x'), { message: { [key]: PLANTED } })),
  },
]

function shown(encoder: Encoder, log: (logger: Logger) => void, secrets: readonly string[] = []): string {
  const output = memory()
  log(createLogger({ secrets, outputs: [{ output, encoder }] }))
  expect(output.lines).toHaveLength(1)
  return output.lines[0]
}

describe.each([
  { name: 'json()', make: json },
  { name: 'pretty()', make: () => pretty({ colour: false }) },
])('with $name a secret is not written', ({ make }) => {
  it.each(DOORS)('as $name, under every name of the list', ({ log }) => {
    for (const key of [...DEFAULT_SECRETS, 'PASSWORD', 'Set-Cookie', 'x_api_key', 'refresh.token', 'client secret']) {
      expect(shown(make(), (logger) => log(logger, key))).not.toContain(PLANTED)
    }
  })

  it.each(DOORS)("as $name, under a name of one's own", ({ log }) => {
    expect(shown(make(), (logger) => log(logger, 'I-BAN'), ['iban'])).not.toContain(PLANTED)
  })
})

describe('the list of secrets', () => {
  it('is added to, never replaced', () => {
    const line = shown(json(), (log) => log.info('m', { password: PLANTED, iban: PLANTED }), ['iban'])
    expect(JSON.parse(line)).toMatchObject({ password: '[Redacted]', iban: '[Redacted]' })
  })

  it('cannot be changed', () => {
    expect(Object.isFrozen(DEFAULT_SECRETS)).toBe(true)
  })

  it.each(['user[password]', 'cards[0].cvv', 'secret[]', 'http.request.header.authorization', 'user[pin]'])(
    'hides %s, of which a part is secret, through every door',
    (name) => {
      for (const { log } of DOORS) expect(shown(json(), (logger) => log(logger, name), ['pin'])).not.toContain(PLANTED)
    },
  )

  it('leaves other names alone', () => {
    const fields = {
      'user[name]': 1,
      'tokens.count': 2,
      passwords: 1,
      tokenCount: 2,
      cookies: 3,
      secretary: 'ann',
      author: 'bob',
    }
    expect(JSON.parse(shown(json(), (log) => log.info('m', fields)))).toMatchObject(fields)
  })

  it('is what hides: without a name on it the value is seen (control)', () => {
    for (const { log } of DOORS.filter((door) => !/error|cause/.test(door.name))) {
      expect(shown(json(), (logger) => log(logger, 'harmless'))).toContain(PLANTED)
    }
  })
})

describe('a logger that is logged itself', () => {
  const hashKey = 'sixteen letters, and a few more'

  class Service {
    readonly name = 'orders'
    constructor(readonly log: Logger) {}
  }

  it.each([
    { name: 'json()', encoder: json() },
    { name: 'pretty()', encoder: pretty() },
    { name: 'logfmt()', encoder: logfmt() },
    { name: 'pattern()', encoder: pattern('%msg %fields') },
  ])('shows its name and level, and none of its rules, keys and fields, by $name', ({ encoder }) => {
    const output = memory()
    const redact = { keys: ['pin'], strategy: 'hash', hashKey } as const
    const log = createLogger({ name: 'shop', outputs: [memory()], redact, fields: { tenant: PLANTED } })
    const plain = createLogger({ outputs: [{ output, encoder }] })
    const show = (logged: Logger): void => plain.info('failed', { service: new Service(logged) })
    for (const logged of [log, log.child({ a: 1 }), log.getLogger('shop.db'), log.hold()]) show(logged)
    log.unit('job', show)
    expect(output.lines.map((line) => /shop(?:\.db)?/.exec(line)?.[0])).toEqual([
      'shop',
      'shop',
      'shop.db',
      'shop',
      'shop',
    ])
    expect(output.lines.filter((line) => line.length > 200)).toEqual([])
    expect(output.lines.join('\n')).not.toContain(PLANTED)
    expect(output.lines.join('\n')).not.toContain(hashKey)
  })
})
