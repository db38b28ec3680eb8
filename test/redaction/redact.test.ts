import { describe, expect, it, vi } from 'vitest'
import {
  createLogger,
  type Encoder,
  fields,
  json,
  type LoggerOptions,
  loggable,
  memory,
  OptionError,
  pretty,
  type RedactOption,
  string,
} from 'wideline'
import { capture } from '../logger/capture.js'

/** The fields of one line. */
function shown(redact: RedactOption, given: object, more: LoggerOptions = {}): Record<string, unknown> {
  const { logger, last, problems } = capture({ redact, ...more })
  logger.info('m', given)
  expect(problems).toEqual([])
  const { msg: _, ...rest } = last()
  return rest
}

const HIDDEN = '[Redacted]'
const user = { name: 'ann', email: 'ann@example.org', card: { number: 4242, last4: '4242' } }

describe('a path', () => {
  it.each<{ path: string; given: object; want: object }>([
    { path: 'email', given: { email: 'x', user: { email: 'y' } }, want: { email: HIDDEN, user: { email: 'y' } } },
    { path: 'user.email', given: { user, email: 'x' }, want: { user: { ...user, email: HIDDEN }, email: 'x' } },
    { path: 'user.card', given: { user }, want: { user: { ...user, card: HIDDEN } } },
    { path: 'user.card.number', given: { user }, want: { user: { ...user, card: { number: HIDDEN, last4: '4242' } } } },
    {
      path: '*.email',
      given: { user, email: 'x', a: { b: { email: 'z' } } },
      want: { user: { ...user, email: HIDDEN }, email: 'x', a: { b: { email: 'z' } } },
    },
    { path: 'user.*', given: { user: { a: 1, b: { c: 2 } } }, want: { user: { a: HIDDEN, b: HIDDEN } } },
    {
      path: 'users[*].email',
      given: { users: [{ email: 'a', id: 1 }, { email: 'b' }] },
      want: { users: [{ email: HIDDEN, id: 1 }, { email: HIDDEN }] },
    },
    { path: 'users.*.email', given: { users: [{ email: 'a' }] }, want: { users: [{ email: HIDDEN }] } },
    { path: 'users[1]', given: { users: ['a', 'b', 'c'] }, want: { users: ['a', HIDDEN, 'c'] } },
    {
      path: 'users[1].email',
      given: { users: [{ email: 'a' }, { email: 'b' }] },
      want: { users: [{ email: 'a' }, { email: HIDDEN }] },
    },
    {
      path: '**.iban',
      given: { iban: 1, a: { b: [{ iban: 2 }] } },
      want: { iban: HIDDEN, a: { b: [{ iban: HIDDEN }] } },
    },
    {
      path: 'a.**.iban',
      given: { iban: 1, a: { iban: 2, b: { c: { iban: 3 } } } },
      want: { iban: 1, a: { iban: HIDDEN, b: { c: { iban: HIDDEN } } } },
    },
    { path: 'a.**', given: { a: { b: 1, c: { d: 2 } }, e: 3 }, want: { a: { b: HIDDEN, c: HIDDEN }, e: 3 } },
    { path: '["x.y"].z', given: { 'x.y': { z: 1, w: 2 } }, want: { 'x.y': { z: HIDDEN, w: 2 } } },
    {
      path: 'headers["x-user-id"]',
      given: { headers: { 'X-User-Id': 1 } },
      want: { headers: { 'X-User-Id': HIDDEN } },
    },
    { path: 'USER.e_mail', given: { user }, want: { user: { ...user, email: HIDDEN } } },
    {
      path: 'map.k',
      given: {
        map: new Map([
          ['k', 1],
          ['l', 2],
        ]),
      },
      want: { map: { k: HIDDEN, l: 2 } },
    },
    {
      path: 'map.k',
      given: {
        map: new Map<unknown, unknown>([
          [1, 2],
          ['k', 1],
        ]),
      },
      want: {
        map: [
          [1, 2],
          ['k', HIDDEN],
        ],
      },
    },
    { path: 'set[*].a', given: { set: new Set([{ a: 1, b: 2 }]) }, want: { set: [{ a: HIDDEN, b: 2 }] } },
    { path: 'own.a', given: { own: { toJSON: () => ({ a: 1, b: 2 }) } }, want: { own: { a: HIDDEN, b: 2 } } },
    {
      path: 'own.a.b',
      given: { own: { [loggable]: (to: { any(k: string, v: unknown): void }) => to.any('a', { b: 1, c: 2 }) } },
      want: { own: { a: { b: HIDDEN, c: 2 } } },
    },
    {
      path: 'error.code',
      given: { error: Object.assign(new RangeError('x'), { code: 'E1', stack: undefined }) },
      want: { error: { type: 'RangeError', message: 'x', code: HIDDEN } },
    },
    { path: 'a.b', given: { a: [{ b: 1 }] }, want: { a: [{ b: 1 }] } },
    { path: 'a.b', given: { a: 5, b: { a: 1 } }, want: { a: 5, b: { a: 1 } } },
  ])('$path of $given', ({ path, given, want }) => {
    expect(shown([path], given)).toEqual(want)
    // Once more with the caches warm, and beside other paths.
    expect(shown(['nothing.here', path, '*.nor["here"]'], given)).toEqual(want)
  })

  it('reaches every way onto a line', () => {
    const { logger, lines } = capture({ redact: ['user.email', 'tenant'] })
    const given = { user, tenant: 'acme' }
    logger.info('m', given)
    logger.info(given, 'm')
    logger.at('info')?.any('user', user).string('tenant', 'acme').msg('m')
    logger.child(given).info('m')
    logger.child(given).child({ other: 1 }).info('m')
    logger.at('info')?.append(logger.createFields().all(given)).msg('m')
    logger.info('m %j', given)
    logger.info('m', [given])
    logger.hooks.before((line) => line.all(given))
    logger.info('m')
    const text = JSON.stringify(lines())
    expect(lines()).toHaveLength(9)
    expect(text).not.toContain('ann@')
    expect(text).not.toContain('acme')
    expect(user.email).toBe('ann@example.org')
  })

  it.each([
    { path: '', want: 'redact.paths must be a path such as user.password, got ""' },
    { path: 'a.', want: 'redact.paths, column 3, must be a name, * or [' },
    { path: 'a[', want: 'redact.paths, column 2, must be [*], [0] or ["name"]' },
    { path: 'a]b', want: 'redact.paths, column 2, must be a dot or a bracket' },
    { path: '*.*', want: 'a path with at least one name' },
    { path: '**.**.a', want: 'column 4, must be a name after **' },
    { path: Array.from({ length: 40 }, () => 'a').join('.'), want: 'at most 32 steps' },
  ])('is refused with its column: $path', ({ path, want }) => {
    expect(() => createLogger({ outputs: [memory()], redact: [path] })).toThrow(OptionError)
    expect(() => createLogger({ outputs: [memory()], redact: [path] })).toThrow(want)
  })

  it.each<{ path: string; encoder: Encoder }>([
    { path: 'msg', encoder: json() },
    { path: '["level"]', encoder: json() },
    { path: 'time', encoder: pretty() },
    { path: 'level', encoder: pretty() },
    { path: '["msg"]', encoder: pretty() },
    { path: 'logger', encoder: json({ preset: 'ecs' }) },
    { path: 'message', encoder: json({ preset: 'gcp' }) },
    { path: 'pid', encoder: json({ preset: 'pino' }) },
    { path: 'text', encoder: json({ keys: { message: 'text' } }) },
  ])("of a line's own key is refused, for nothing would be hidden: $path", ({ path, encoder }) => {
    const name = path.replace(/\W/g, '')
    expect(() => createLogger({ outputs: [{ output: memory(), encoder }], redact: [path] })).toThrow(
      `redact.paths must be a place of a field (a field of that name is _${name}; redact.patterns are looked for in ` +
        `messages), got "${name}"`,
    )
  })

  it("leads into a field that is named like a line's own key", () => {
    const output = memory()
    const logger = createLogger({ outputs: [output], redact: ['msg.email', 'time[*]'] })
    logger.info('m', { msg: { email: 'ann@example.org', b: 1 }, time: ['noon'] })
    expect(output.parsed()).toMatchObject([{ _msg: { email: '[Redacted]', b: 1 }, _time: ['[Redacted]'] }])
  })

  it("with an underscore is that of a field that is named like a line's own key, with every encoder", () => {
    expect(shown(['_time', 'a.msg'], { time: 1, a: { msg: 2 } })).toEqual({ _time: HIDDEN, a: { msg: HIDDEN } })
    const output = memory()
    createLogger({ outputs: [{ output, encoder: pretty() }], redact: ['_time'] }).info('m', { time: 1 })
    expect(output.lines[0]).toContain(`time="${HIDDEN}"`)
  })

  it('among too many tangled ones is refused, and does not take all memory', () => {
    const paths = Array.from({ length: 14 }, (_, i) => `**.a${i}.**.b${i}.**.c${i}`)
    expect(() => createLogger({ outputs: [memory()], redact: paths })).toThrow('fewer or simpler paths')
  })
})

describe('a strategy', () => {
  it('masks, removes, hashes, keeps the last four, gives tokens or does what a function says', () => {
    const key = 'a key of sixteen'
    const { logger, lines } = capture({
      redact: {
        hashKey: key,
        paths: {
          mask: 'mask',
          remove: 'remove',
          hash: 'hash',
          last4: 'last4',
          token: 'tokenize',
          fn: (value, name) => `${name}:${String(value).length}`,
        },
        keys: { deepHash: 'hash', gone: 'remove' },
      },
    })
    const given = {
      mask: 'm',
      remove: 'r',
      hash: 'abc',
      last4: '4242424242424242',
      fn: 'xyz',
      a: { deepHash: 'abc', gone: 1, kept: 2 },
    }
    logger.info('m', given)
    logger.child(given).info('m')
    logger.at('info')?.append(logger.createFields().all(given)).msg('m')
    for (const line of lines()) {
      expect(line).toMatchObject({
        mask: HIDDEN,
        last4: '…4242',
        fn: 'fn:3',
        hash: expect.stringMatching(/^hmac:[0-9a-f]{16}$/) as string,
      })
      expect(line).not.toHaveProperty('remove')
      expect(line['a']).toEqual({ deepHash: line['hash'], kept: 2 })
    }
    expect(lines()[2]['hash']).toBe(lines()[0]['hash'])
    const again = shown({ hashKey: key, paths: { other: 'hash' } }, { other: 'abc' })
    expect(again['other']).toBe(lines()[0]['hash'])
    expect(shown({ hashKey: `${key}!`, paths: { other: 'hash' } }, { other: 'abc' })['other']).not.toBe(again['other'])
  })

  it('gives one value one token, and another value another', () => {
    const { logger, lines } = capture({ redact: { keys: { userId: 'tokenize' } } })
    for (const userId of ['u1', 'u2', 'u1', 1, '1']) logger.info('m', { userId, deep: { userId } })
    const tokens = lines().map((line) => [line['userId'], (line['deep'] as Record<string, unknown>)['userId']])
    expect(tokens.every(([a, b]) => a === b && /^tok_[\w-]{12}$/.test(String(a)))).toBe(true)
    expect(new Set(tokens.flat()).size).toBe(4)
  })

  it.each<{ name: string; value: unknown }>([
    { name: 'an object', value: { secret: 'x' } },
    { name: 'an array', value: ['x'] },
    { name: 'an error', value: new Error('x') },
    { name: 'a date', value: new Date(0) },
  ])('has no hash of $name: it is masked', ({ value }) => {
    expect(shown({ keys: { a: 'hash', b: 'last4', c: 'tokenize' } }, { a: value, b: value, c: value })).toEqual({
      a: HIDDEN,
      b: HIDDEN,
      c: HIDDEN,
    })
  })

  it.each<{ name: string; redactor: (value: unknown) => unknown }>([
    {
      name: 'throws',
      redactor: (value) => {
        throw new Error(String(value))
      },
    },
    { name: 'gives an object', redactor: (value) => ({ value }) },
    { name: 'gives NaN', redactor: () => Number.NaN },
    { name: 'gives a promise', redactor: (value) => Promise.resolve(value) },
  ])('that $name masks: it fails closed', ({ redactor }) => {
    expect(shown({ paths: { a: redactor, 'b.c': redactor } }, { a: 'S3CR3T', b: { c: 'S3CR3T' } })).toEqual({
      a: HIDDEN,
      b: { c: HIDDEN },
    })
  })

  it('that gives a promise which fails ends no process', async () => {
    const unhandled = vi.fn<() => void>()
    process.once('unhandledRejection', unhandled)
    const failing = async (): Promise<never> => {
      throw new Error('S3CR3T')
    }
    expect(shown({ paths: { a: failing as never } }, { a: 'S3CR3T' })).toEqual({ a: HIDDEN })
    await new Promise(setImmediate)
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  it('may give a number, a truth value or null, and undefined removes', () => {
    const given = { b: { a: 1, c: 1, d: 1, e: 1 } }
    const redact: RedactOption = {
      paths: { 'b.a': () => 5, 'b.c': () => true, 'b.d': () => null, 'b.e': () => undefined },
    }
    expect(shown(redact, given)).toEqual({ b: { a: 5, c: true, d: null } })
  })

  it('of one path wins over none: the first path given counts', () => {
    expect(shown({ paths: { 'a.b': 'last4', '*.b': 'mask' } }, { a: { b: '123456789' }, c: { b: 'x' } })).toEqual({
      a: { b: '…6789' },
      c: { b: HIDDEN },
    })
  })
})

describe('rules of a logger', () => {
  it('hold in children, which have no way to weaken them', () => {
    const { logger, lines } = capture({ redact: ['user.email'], secrets: ['pin'] })
    expect(() => logger.child({}, { redact: [] } as never)).toThrow('child.redact must be')
    logger.child({}, { name: 'a' }).child({ user }).info('m', { pin: 1 })
    logger.getLogger('b.c').info('m', { user, pin: 1 })
    expect(JSON.stringify(lines())).not.toMatch(/ann@|"pin":1/)
  })

  it('tell neither their key nor what has tokens where a logger is written in full', () => {
    const hashKey = 'sixteen letters of a key'
    const { logger, output } = capture({ redact: { keys: { id: 'hash', card: 'tokenize' }, hashKey } })
    logger.info('m', { id: 1, card: '4242 4242' })
    output.clear()
    logger.info('m', { parts: { toJSON: () => logger } })
    expect(output.lines[0]).toContain('"redaction"')
    expect(output.lines[0]).not.toContain(hashKey)
    expect(output.lines[0]).not.toContain('4242 4242')
  })

  it('are counted, each by its name', () => {
    const { logger } = capture({ redact: { keys: ['pin'], paths: ['user.email'], patterns: ['card'] }, secrets: ['x'] })
    logger.info('card 4242424242424242', { pin: 1, password: 'a', user, list: [user, { x: 1 }] })
    logger.info('m', { user })
    expect(logger.stats().redacted).toEqual({ secrets: 2, 'key:pin': 1, 'path:user.email': 2, 'pattern:card': 1 })
  })

  it('hold for fields that were declared', () => {
    const Payment = fields({ card: string(), amount: string(), note: string() })
    const { logger, last } = capture({ redact: { keys: { card: 'last4' }, paths: ['amount'], patterns: ['email'] } })
    logger.info('m', Payment, { card: '4242424242424242', amount: '9', note: 'to ann@example.org' })
    expect(last()).toEqual({ msg: 'm', card: '…4242', amount: HIDDEN, note: `to ${HIDDEN}` })
  })

  it('leave the numbers of a line alone where no rule is for them', () => {
    const given = { a: 1, b: 2.5, c: true, d: null, e: 10n, f: new Date(0), g: [1, 'x'] }
    expect(shown({ paths: ['x.y'], patterns: ['card', 'email', 'iban', 'jwt', 'bearer', 'pairs'] }, given)).toEqual({
      ...given,
      e: 10,
      f: '1970-01-01T00:00:00.000Z',
    })
  })
})

it.each([
  { redact: { keys: ['a'], path: ['b'] }, want: 'redact.path must be a known option (did you mean paths?)' },
  {
    redact: { paths: { a: 'hide' } },
    want: `redact.paths['a'] must be 'mask', 'remove', 'hash', 'last4' or 'tokenize', or a function, got "hide"`,
  },
  {
    redact: { patterns: ['cards'] },
    want: 'redact.patterns must be one of card, bearer, jwt, email, iban, pairs, got "cards"',
  },
  { redact: { strategy: 'none' }, want: 'redact.strategy must be' },
  { redact: { hashKey: 'short' }, want: 'redact.hashKey must be a text of at least 16 characters, got "string"' },
  { redact: { keys: [1] }, want: 'redact.keys must be an array of texts' },
  { redact: 'a.b', want: 'redact must be an array of paths, or an object' },
])('refuses $want', ({ redact, want }) => {
  expect(() => createLogger({ outputs: [{ output: memory(), encoder: json() }], redact: redact as never })).toThrow(
    want,
  )
})
