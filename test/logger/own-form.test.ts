import { expect, it } from 'vitest'
import { captureLogs } from 'wideline/testing'

class User {
  readonly id = 1
  readonly hash = 'pwhash'

  toJSON(): object {
    return { id: this.id }
  }
}

class Refusing {
  toJSON(): never {
    throw new Error('no form')
  }
}

it('writes of an object what its toJSON gives, as a line’s fields too', () => {
  const { logger, parsed } = captureLogs()
  const user = new User()
  logger.info('m', user)
  logger.info(user)
  logger.info({ user })
  logger.child(user).info('m')
  logger.at('info')?.all(user).msg('m')
  for (const line of parsed()) {
    expect(JSON.stringify(line)).not.toContain('pwhash')
    expect((line as { user?: object }).user ?? line).toMatchObject({ id: 1 })
  }
  expect(parsed()).toHaveLength(5)
})

it('writes of a literal, as a line’s fields, its properties, and its form where it is a value', () => {
  const { logger, parsed } = captureLogs()
  const literal = { id: 1, more: 2, toJSON: () => ({ id: 1 }) }
  logger.info('m', literal)
  logger.info('m', { literal })
  expect(parsed()).toMatchObject([{ id: 1, more: 2 }, { literal: { id: 1 } }])
  expect(JSON.stringify(parsed()[1])).not.toContain('more')
})

class Form {
  constructor(private readonly form: unknown) {}

  toJSON(): unknown {
    return this.form
  }
}

it.each([
  ['a text', new Form('short'), 'short'],
  ['a list', new Form([1, 2]), [1, 2]],
  ['an address', new URL('http://localhost/a'), 'http://localhost/a'],
])('puts a form that is %s under a name of its own', (_name, value, want) => {
  const { logger, parsed } = captureLogs()
  logger.child(value).info('m')
  logger.info('m', value)
  expect(parsed()).toMatchObject([
    { msg: 'm', fields: want },
    { msg: 'm', fields: want },
  ])
})

it('says why where toJSON throws, and writes the line', () => {
  const { logger, parsed } = captureLogs()
  logger.info('m', new Refusing())
  expect(parsed()).toMatchObject([{ msg: 'm', fields: '[Throws: no form]' }])
})

it('writes an error as an error, whatever its toJSON gives, and so one that is a form', () => {
  class Failure extends Error {
    toJSON(): object {
      return { hash: 'pwhash' }
    }
  }
  const { logger, parsed } = captureLogs()
  const error = new Failure('refused')
  logger.info('m', new Form(error))
  logger.info('m', { error: new Form(error) })
  logger.child(error).info('m')
  logger.info({ error })
  const want = { type: 'Failure', message: 'refused', stack: expect.stringContaining('own-form') as unknown }
  for (const { error: written } of parsed()) expect(written).toStrictEqual(want)
  expect(parsed()).toHaveLength(4)
})
