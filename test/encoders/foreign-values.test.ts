// Values of another realm: of node:vm and, under Jest, all that Node itself makes.
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createLogger, type Encoder, isError, json, logfmt, memory, pattern, pretty, sexpr } from 'wideline'
import { strictParse } from './strict-json.js'

const made = (source: string): unknown => runInNewContext(source) as unknown

function lineOf(log: (logger: ReturnType<typeof createLogger>) => void, encoder: Encoder = json()): string {
  const output = memory()
  log(createLogger({ outputs: [{ output, encoder }] }))
  return output.lines.join('\n')
}

const failure = { type: 'TypeError', message: 'no such file', stack: expect.stringContaining('TypeError') as unknown }

describe('an error of another realm', () => {
  const error = made('Object.assign(new TypeError("no such file"), { code: "ENOENT", secretive: { a: 1 } })') as Error

  it.each([
    { shape: 'alone', log: (log) => log.error(error) },
    { shape: 'after a message', log: (log) => log.error('read failed', error) },
    { shape: 'after a message and fields', log: (log) => log.error('read failed', { a: 1 }, error) },
    { shape: 'among fields', log: (log) => log.error('read failed', { error }) },
    { shape: 'typed', log: (log) => log.at('error')?.error('error', error).msg('read failed') },
  ] satisfies { shape: string; log: (logger: ReturnType<typeof createLogger>) => void }[])(
    'is written as one of ours, $shape',
    ({ log }) => {
      const line = strictParse(lineOf(log)) as { error: object }
      expect(line.error).toMatchObject({ ...failure, code: 'ENOENT' })
      expect(line.error).not.toHaveProperty('secretive')
    },
  )

  it('gives its line a message where there is none', () => {
    expect(strictParse(lineOf((log) => log.error(error)))).toMatchObject({ msg: 'no such file' })
    expect(strictParse(lineOf((log) => log.error({ err: error })))).toMatchObject({ msg: 'no such file' })
  })

  it('is shown as a cause, and among others', () => {
    const line = strictParse(lineOf((log) => log.error(new AggregateError([error], 'all', { cause: error }))))
    expect(line).toMatchObject({ error: { cause: failure, errors: [failure] } })
  })

  it.each([
    ['logfmt', logfmt()],
    ['sexpr', sexpr()],
    ['pretty', pretty({ colour: false })],
    ['pattern', pattern('%p %m %error')],
    ['json of a preset', json({ preset: 'ecs' })],
  ])('is an error to %s', (_name, encoder) => {
    const line = lineOf((log) => log.error('read failed', error), encoder)
    expect(line).toContain('TypeError')
    expect(line).toContain('no such file')
  })
})

describe('what is no class of ours', () => {
  it.each(['json', 'logfmt'] as const)('is a map or a set all the same, to %s', (name) => {
    const values = { map: made('new Map([["a", { b: 1 }]])'), set: made('new Set([1, 2])') }
    const line = lineOf((log) => log.info('m', { values }), name === 'json' ? json() : logfmt())
    if (name === 'json') expect(strictParse(line)).toMatchObject({ values: { map: { a: { b: 1 } }, set: [1, 2] } })
    else expect(line).toMatch(/values\.map\.a\.b=1 values\.set.*1.*2/)
  })

  it('is an error if Node made it of one of ours', () => {
    expect(isError(new DOMException('x'))).toBe(true)
    expect(isError(made('new Error("x")'))).toBe(true)
    expect(isError(Object.create(made('new Error("x")') as object))).toBe(true)
  })

  it.each([
    ['an object like one', { name: 'Error', message: 'x', stack: 'Error: x' }],
    ['null', null],
    ['a text', 'Error: x'],
    ['a revoked proxy', revoked()],
  ])('is no error if it is %s', (_name, value) => {
    expect(isError(value)).toBe(false)
  })
})

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
