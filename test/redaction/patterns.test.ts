import { describe, expect, it } from 'vitest'
import { createLogger, DEFAULT_LIMITS, type FieldWriter, json, loggable, type PatternName, plainValues } from 'wideline'
import { write } from '../encoders/lines.js'
import { capture } from '../logger/capture.js'
import { entryTaker } from '../pipeline/entry-taker.js'

const ALL: PatternName[] = ['card', 'bearer', 'jwt', 'email', 'iban', 'pairs']
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'

function scanned(text: string, patterns: readonly PatternName[] = ALL): unknown {
  const { logger, last } = capture({ redact: { patterns } })
  logger.info('m', { text })
  return last()['text']
}

const X = '[Redacted]'

describe('a form of secret', () => {
  it.each<{ of: PatternName; text: string; want: string }>([
    { of: 'card', text: 'paid with 4242424242424242.', want: `paid with ${X}.` },
    { of: 'card', text: '4242 4242 4242 4242 exp 12/30', want: `${X} exp 12/30` },
    { of: 'card', text: '4242 4242 4242 4242 12/30', want: `${X} 12/30` },
    { of: 'card', text: '5555-5555-5555-4444', want: X },
    { of: 'card', text: '378282246310005,6011111111111117', want: `${X},${X}` },
    { of: 'card', text: 'order 4242424242424241', want: 'order 4242424242424241' },
    { of: 'card', text: 'a4242424242424242', want: 'a4242424242424242' },
    { of: 'card', text: '42424242424242424242424', want: '42424242424242424242424' },
    { of: 'card', text: 'phone +49 170 1234567', want: 'phone +49 170 1234567' },
    { of: 'bearer', text: 'Authorization: Bearer abc.def-123_x==', want: `Authorization: Bearer ${X}` },
    { of: 'bearer', text: 'basic dXNlcjpwYXNz', want: `basic ${X}` },
    { of: 'bearer', text: 'the bearer of news', want: 'the bearer of news' },
    { of: 'jwt', text: `token ${JWT} end`, want: `token ${X} end` },
    { of: 'jwt', text: `?t=${JWT}`, want: `?t=${X}` },
    { of: 'jwt', text: 'eyJhbGciOiJIUzI1NiJ9', want: 'eyJhbGciOiJIUzI1NiJ9' },
    { of: 'email', text: 'mail ann.o+x@mail.example.org.', want: `mail ${X}.` },
    { of: 'email', text: 'to=ann%40example.org&x=1', want: `to=${X}&x=1` },
    { of: 'email', text: '<žofie@příklad.cz>', want: `<${X}>` },
    { of: 'email', text: '@types/node@20 and a@b', want: '@types/node@20 and a@b' },
    { of: 'iban', text: 'from DE89370400440532013000 on', want: `from ${X} on` },
    { of: 'iban', text: 'GB82 WEST 1234 5698 7654 32 ok', want: `${X} ok` },
    { of: 'iban', text: 'de89 3704 0044 0532 0130 00', want: X },
    { of: 'iban', text: 'DE89370400440532013001', want: 'DE89370400440532013001' },
    {
      of: 'pairs',
      text: '{"user":"ann","password":"hun\\"ter2","n":1}',
      want: `{"user":"ann","password":"${X}","n":1}`,
    },
    { of: 'pairs', text: String.raw`{\"token\":\"abc\",\"a\":1}`, want: String.raw`{\"token\":\"${X}\",\"a\":1}` },
    { of: 'pairs', text: '{"secret":{"a":[1]},"b":2}', want: `{"secret":${X},"b":2}` },
    { of: 'pairs', text: '{"cvc":123,"b":2}', want: `{"cvc":${X},"b":2}` },
    { of: 'pairs', text: 'GET /x?access_token=abc&page=2#f', want: `GET /x?access_token=${X}&page=2#f` },
    { of: 'pairs', text: "{ password: 'hunter2', a: 1 }", want: `{ password: '${X}', a: 1 }` },
    { of: 'pairs', text: 'Cookie: sid=1; theme=dark\nHost: a', want: `Cookie: ${X}\nHost: a` },
    { of: 'pairs', text: 'postgres://app:hunter2@db:5432/x', want: `postgres://app:${X}@db:5432/x` },
    { of: 'pairs', text: 'password[]=a&b=1', want: `password[]=${X}&b=1` },
    { of: 'pairs', text: 'user[password]=a&cards[0][cvv]=1&b=1', want: `user[password]=${X}&cards[0][cvv]=${X}&b=1` },
    { of: 'pairs', text: '?user%5Bpassword%5D=a&token%5B%5D=b', want: `?user%5Bpassword%5D=${X}&token%5B%5D=${X}` },
    { of: 'pairs', text: 'db.password=a', want: `db.password=${X}` },
    { of: 'pairs', text: '{"secret":{"a":"}]","b":"x"},"c":2}', want: `{"secret":${X},"c":2}` },
    {
      of: 'pairs',
      text: String.raw`{\"secret\":[\"]\\\"\",\"x\"],\"c\":2}`,
      want: String.raw`{\"secret\":${X},\"c\":2}`,
    },
    { of: 'pairs', text: "{ secret: { a: '}', b: 'x' }, c: 2 }", want: `{ secret: ${X}, c: 2 }` },
    { of: 'pairs', text: "Map(1) { 'password' => 'x' }", want: `Map(1) { 'password' => '${X}' }` },
    { of: 'pairs', text: '{ password: `it\'s "x` }', want: `{ password: \`${X}\` }` },
    { of: 'pairs', text: "/x?token=it's)x&b=1", want: `/x?token=${X}&b=1` },
    { of: 'pairs', text: "('/x?token=x') and (token=x)", want: `('/x?token=${X}') and (token=${X})` },
    { of: 'pairs', text: "password: it's x", want: `password: ${X}` },
    { of: 'pairs', text: 'postgres://app:a@b@db/x mail@b.cz', want: `postgres://app:${X}@db/x mail@b.cz` },
    { of: 'pairs', text: 'http://shop:80/a@b', want: 'http://shop:80/a@b' },
    { of: 'pairs', text: 'the password is safe; tokens=3 at 10:30', want: 'the password is safe; tokens=3 at 10:30' },
    { of: 'pairs', text: 'password=', want: 'password=' },
    { of: 'pairs', text: 'password\t= a\ntoken:\tb', want: `password\t= ${X}\ntoken:\t${X}` },
    {
      of: 'pairs',
      text: String.raw`{"env":"user=a\npassword=b\r\nTOKEN: c"}`,
      want: String.raw`{"env":"user=a\npassword=${X}\r\nTOKEN: ${X}"}`,
    },
    {
      of: 'pairs',
      text: String.raw`"/x?a=1\u0026token=b\u0026c=d"`,
      want: String.raw`"/x?a=1\u0026token=${X}\u0026c=d"`,
    },
    { of: 'pairs', text: String.raw`C:\token=a`, want: String.raw`C:\token=${X}` },
    {
      of: 'pairs',
      text: String.raw`{\u0022password\u0022: \u0022a\\\u0022b\u0022,\u0022c\u0022:\u0022d\u0022}`,
      want: String.raw`{\u0022password\u0022: \u0022${X}\u0022,\u0022c\u0022:\u0022d\u0022}`,
    },
    {
      of: 'pairs',
      text: 'token=a,b,c d=1,token=e,f=2, password: g,h, i',
      want: `token=${X} d=1,token=${X},f=2, password: ${X}, i`,
    },
    { of: 'pairs', text: 'mysql --password hunter2 -h db', want: `mysql --password ${X} -h db` },
    { of: 'pairs', text: 'x --api-key=abc --db.password "a b" y', want: `x --api-key=${X} --db.password "${X}" y` },
    { of: 'pairs', text: '{"run":"--password a"}', want: `{"run":"--password ${X}"}` },
    { of: 'pairs', text: 'x --password --verbose a--token b', want: 'x --password --verbose a--token b' },
    { of: 'pairs', text: 'x --tokens a --token', want: 'x --tokens a --token' },
    { of: 'pairs', text: 'https://ghp_abc@github.com/a/b', want: `https://${X}@github.com/a/b` },
    { of: 'pairs', text: 'HTTP://sk_live_1:@api/x http://u:pw@b/', want: `HTTP://${X}@api/x http://${X}@b/` },
    { of: 'pairs', text: 'ssh://git@github.com/a', want: 'ssh://git@github.com/a' },
    { of: 'pairs', text: `pg://app:${'a'.repeat(2000)}@db`, want: `pg://app:${X}@db` },
    { of: 'pairs', text: '<a><password>hunter2</password><b/></a>', want: `<a><password>${X}</password><b/></a>` },
    {
      of: 'pairs',
      text: '<wsse:Password Type="x#y">it is s</wsse:Password>',
      want: `<wsse:Password Type="x#y">${X}</wsse:Password>`,
    },
    { of: 'pairs', text: '<token><![CDATA[<a]]></token>', want: `<token><![CDATA[${X}]]></token>` },
    { of: 'pairs', text: '<token><![CDATA[]]></token>', want: '<token><![CDATA[]]></token>' },
    { of: 'pairs', text: String.raw`"<token>a<\/token>"`, want: String.raw`"<token>${X}<\/token>"` },
    { of: 'pairs', text: '<token>cut', want: `<token>${X}` },
    { of: 'pairs', text: 'a Promise<Token> is not <token> yet', want: 'a Promise<Token> is not <token> yet' },
    {
      of: 'pairs',
      text: '<token/>a<token></token><tokens>a</tokens>',
      want: '<token/>a<token></token><tokens>a</tokens>',
    },
  ])('$of in $text', ({ of, text, want }) => {
    expect(scanned(text, [of])).toBe(want)
  })

  it('is looked for in every text of a line, and nowhere when it is not asked for', () => {
    const secret = 'ann@example.org'
    const all = capture({ redact: { patterns: ['email'] } })
    const none = capture()
    for (const { logger } of [all, none]) {
      const error = Object.assign(new Error(`no ${secret}`, { cause: new Error(secret) }), { code: secret })
      const child = logger.child({ of: secret, deep: { of: [secret] } })
      child.info(`m ${secret}`, {
        text: secret,
        deep: { a: { b: `x ${secret}` } },
        [secret]: 1,
        nested: { [secret]: 2 },
      })
      child.error(error)
      child.error('m', { error })
      child.info('m %s', secret)
      logger.at('info')?.string('a', secret).any('b', [secret]).msg(secret)
      logger.info('m', {
        get bad(): string {
          throw new Error(secret)
        },
        worse: {
          get bad(): string {
            throw new Error(secret)
          },
        },
        map: new Map([[secret, secret]]),
      })
      logger.hooks.before((line) => {
        line.message = `changed ${secret}`
      })
      logger.info('m')
    }
    expect(all.output.lines.join('\n')).not.toContain(secret)
    expect(none.output.lines.every((line) => line.includes(secret))).toBe(true)
  })

  it('is found in what an object writes of itself, wherever it stands, in lines and for outputs that take entries', () => {
    const own = {
      [loggable]: (to: FieldWriter) => void to.string('text', '4242 4242 4242 4242').int('number', 4242424242424242),
    }
    const want = { text: X, number: X }
    const { logger, last } = capture({ redact: { patterns: ALL } })
    logger.info('m', { own, list: [own] })
    expect(last()).toMatchObject({ own: want, list: [want] })
    let plain: unknown
    const output = entryTaker((entry) => {
      plain = plainValues(DEFAULT_LIMITS).ofField(entry, 0)
    })
    createLogger({ redact: { patterns: ALL }, outputs: [output] }).info('m', { own })
    expect(plain).toEqual(want)
  })

  it('is found in numbers too', () => {
    const { logger, last } = capture({ redact: { patterns: { card: 'last4' } } })
    logger.info('m', { a: 4242424242424242, b: 4242424242424242n, c: { d: 4242424242424242 }, e: 4242424242424241 })
    expect(last()).toEqual({ msg: 'm', a: '…4242', b: '…4242', c: { d: '…4242' }, e: 4242424242424241 })
  })

  it('is found in numbers that a message shows', () => {
    const { logger, last } = capture({ redact: { patterns: { card: 'mask' } } })
    for (const letter of 'sdifjoO') {
      for (const value of [4242424242424242n, 4242424242424242]) {
        const call = [`card %${letter} refused`, value] as unknown as [string]
        logger.info(...call)
        expect(last()['msg']).toMatch(/^card "?\[Redacted\]"? refused$/)
      }
    }
    logger.info('card', 4242424242424242n, 42n)
    expect(last()['msg']).toBe('card [Redacted] 42n')
    logger.info('%d and %s', 42n, 43n)
    expect(last()['msg']).toBe('42n and 43n')
  })

  it('has its own strategy', () => {
    const { logger, last } = capture({ redact: { patterns: { card: 'last4', email: 'remove', iban: () => '<iban>' } } })
    logger.info('4242424242424242 ann@example.org DE89370400440532013000')
    expect(last()).toEqual({ msg: '…4242  <iban>' })
  })
})

describe('looking for secrets takes time in proportion to the text', () => {
  const HOSTILE: { name: string; text: string }[] = [
    { name: 'beginnings of tokens', text: 'eyJ-'.repeat(30_000) },
    { name: 'parts of tokens', text: 'eyJ.'.repeat(30_000) },
    { name: 'digits', text: '4 '.repeat(60_000) },
    { name: 'digits in one', text: '4'.repeat(120_000) },
    { name: 'signs of addresses', text: 'a@'.repeat(60_000) },
    { name: 'points', text: `a@b${'.'.repeat(120_000)}` },
    { name: 'long names of addresses', text: 'a'.repeat(120_000) },
    { name: 'beginnings of accounts', text: 'DE89 '.repeat(24_000) },
    { name: 'accounts with spaces', text: `DE89${' '.repeat(120_000)}` },
    { name: 'pairs', text: 'a:'.repeat(60_000) },
    { name: 'brackets before pairs', text: ']:'.repeat(60_000) },
    { name: 'quotes', text: '"'.repeat(120_000) },
    { name: 'escapes', text: `password:${'\\'.repeat(120_000)}` },
    { name: 'open values', text: 'password="'.repeat(12_000) },
    { name: 'quotes in nested values', text: `password={${'"'.repeat(120_000)}` },
    { name: 'apostrophes in values', text: `password=${"'".repeat(120_000)}` },
    { name: 'apostrophes in open values', text: "password='a".repeat(11_000) },
    { name: 'signs of credentials', text: '://a:@'.repeat(20_000) },
    { name: 'nested values', text: 'password={'.repeat(12_000) },
    { name: 'URLs', text: '://a:'.repeat(24_000) },
    { name: 'escaped quotes', text: String.raw`password:\u0022` + String.raw`\\\u0022`.repeat(15_000) },
    { name: 'escaped quotes before a sign', text: String.raw`\u0022:`.repeat(17_000) },
    { name: 'escapes before a quote', text: `password:${'\\'.repeat(60_000)}u0022${'\\'.repeat(60_000)}u0022` },
    { name: 'users of URLs', text: `http://${'a:'.repeat(60_000)}` },
    { name: 'options', text: '--password '.repeat(11_000) },
    { name: 'hyphens', text: ' --'.repeat(40_000) },
    { name: 'spaces behind an option', text: `--password${' '.repeat(120_000)}--` },
    { name: 'open tags', text: '<token '.repeat(17_000) },
    { name: 'tags', text: '<token>'.repeat(17_000) },
    { name: 'tags with spaces', text: `<token>${' a'.repeat(60_000)}` },
    { name: 'commas', text: `password=${','.repeat(120_000)}` },
    { name: 'names behind commas', text: `password=${`,${'a'.repeat(60)}`.repeat(2_000)}` },
    { name: 'escapes in tags', text: `<token>a<${'\\'.repeat(120_000)}` },
    { name: 'open sections', text: '<token><![CDATA['.repeat(7_500) },
    { name: 'bearers', text: 'bearer '.repeat(17_000) },
  ]

  it.each(HOSTILE)('of $name', ({ text }) => {
    const { logger } = capture({ redact: { patterns: ALL } })
    logger.info('m', { text: text.slice(0, 100) })
    const before = process.cpuUsage()
    logger.info('m', { text })
    const { user, system } = process.cpuUsage(before)
    // Twice what the slowest takes here with another test beside it; time that grows with the square takes minutes.
    expect((user + system) / 1000).toBeLessThan(750)
  })

  it('and what lies behind its bound is not written unseen', () => {
    const text = scanned(`${'a'.repeat(131_072)}ann@example.org`)
    expect(text).not.toContain('ann@')
  })

  it.each([
    { text: '-'.repeat(131_072), want: '-'.repeat(131_072) },
    { text: `${'-'.repeat(131_072)}ann@example.org`, want: `${'-'.repeat(131_072)}…[+15]` },
    {
      text: `4242424242424242${'-'.repeat(131_056)}ann@example.org`,
      want: `[Redacted]${'-'.repeat(131_056)}…[+15]`,
    },
  ])(
    'whose length is told, where an encoder writes longer texts than that: of $text.length units',
    ({ text, want }) => {
      const long = json({ limits: { maxStringLength: 200_000 } })
      const { logger, lines } = write(long, { redact: { patterns: ALL } })
      logger.info('m', { text })
      expect((JSON.parse(lines[0]) as { text: string }).text === want).toBe(true)
    },
  )
})
