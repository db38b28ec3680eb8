import { describe, expect, it } from 'vitest'
import { msg, OptionError, template } from 'wideline'
import { capture, written } from './capture.js'

const bought = template('User {user} bought {qty}')

describe('a template', () => {
  it('gives message and fields from the same values', () => {
    expect(written((log) => log.info(bought, { user: 'ann', qty: 3 }))).toEqual({
      msg: 'User ann bought 3',
      user: 'ann',
      qty: 3,
    })
  })

  it('as a tag is read once for each place in the code', () => {
    const seen = new Set<unknown>()
    const line = (user: string): Record<string, unknown> =>
      written((log) => {
        const made = msg`User {user} bought {qty}`
        seen.add(made)
        log.info(made, { user, qty: 1 })
      })
    expect([line('ann')['msg'], line('bob')['msg']]).toEqual(['User ann bought 1', 'User bob bought 1'])
    expect(seen.size).toBe(1)
  })

  it.each<{ text: string; fields: object; want: string }>([
    { text: 'no holes', fields: {}, want: 'no holes' },
    { text: '{a}{b}', fields: { a: 1, b: 'x' }, want: '1x' },
    { text: '{a} and {a}', fields: { a: true }, want: 'true and true' },
    { text: '{{a}} {a}', fields: { a: 1 }, want: '{a} 1' },
    { text: '{missing}', fields: { a: 1 }, want: '{missing}' },
    { text: '{a}', fields: { a: null }, want: 'null' },
    { text: '{a}', fields: { a: { b: [1] } }, want: '{"b":[1]}' },
    { text: '{a}', fields: { a: 10n }, want: '10n' },
    { text: '{a}', fields: { a: new Error('no') }, want: 'Error: no' },
    { text: '100 % {a}', fields: { a: '%s' }, want: '100 % %s' },
    { text: '{a}', fields: { a: '{b}', b: 1 }, want: '{b}' },
    { text: '{level}', fields: { level: 'high' }, want: 'high' },
    { text: '{ü-x.y}', fields: { 'ü-x.y': 1 }, want: '1' },
  ])('$text with $fields says $want', ({ text, fields, want }) => {
    expect(written((log) => log.info(template(text), fields as never))['msg']).toBe(want)
  })

  it('takes an error and more fields besides', () => {
    const line = written((log) => log.error(bought, { user: 'ann', qty: 1 }, new Error('refused'), { more: 1 }))
    expect(line).toMatchObject({ msg: 'User ann bought 1', more: 1, error: { message: 'refused' } })
  })

  it('shows of secrets what the line shows', () => {
    const { logger, last } = capture({
      redact: { keys: { card: 'last4' }, paths: ['user.email'], patterns: ['email'] },
    })
    logger.info(template('{password} {card} {user} {note}'), {
      password: 'hunter2',
      card: '4242424242424242',
      user: { email: 'x', name: 'ann' },
      note: 'ann@example.org',
    })
    expect(last()['msg']).toBe('[Redacted] …4242 {"email":"[Redacted]","name":"ann"} [Redacted]')
  })

  it('is not filled when the level is off', () => {
    const { logger, lines } = capture({ level: 'warn' })
    logger.info(bought, {
      get user(): string {
        throw new Error('read')
      },
      qty: 1,
    })
    expect(lines()).toEqual([])
  })

  it.each(['{}', '{a b}', '{ a }'])('is refused with %j', (text) => {
    expect(() => template(text)).toThrow(OptionError)
    expect(() => template(text)).toThrow('template must be a text whose holes have names, such as {user}')
  })

  it('is checked by the compiler', () => {
    const { logger } = capture()
    // @ts-expect-error -- qty is missing
    logger.info(bought, { user: 'ann' })
    // @ts-expect-error -- nothing goes into a tag
    logger.info(msg`User ${'ann'}`, {})
    expect(logger.stats().lines.info).toBe(2)
  })
})
