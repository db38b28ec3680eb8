// An application and a library may each bring a copy of the package.
import { expect, it, vi } from 'vitest'
import { createLogger, fields, int, json, memory, string } from 'wideline'

async function otherCopy(): Promise<typeof import('wideline')> {
  vi.resetModules()
  return import('wideline')
}

it('writes nothing of declared values whose set is of another copy, and says so', async () => {
  const other = await otherCopy()
  const Card = fields({ number: string({ redact: 'last4' }), amount: int() })
  const output = other.memory()
  const log = other.createLogger({ outputs: [{ output, encoder: other.json() }] })
  expect(other.createLogger).not.toBe(createLogger)
  const values = { number: '1234567812345678', amount: 7 }
  log.info('paid', Card, values)
  log.info('paid', { card: Card.of(values) })
  log.at('info')?.all(Card, values).msg('paid')
  const lines = output.lines.map((line) => JSON.parse(line) as object)
  const marked = { fields: '[Declared by another copy of wideline]' }
  expect(lines).toMatchObject([marked, { card: marked }, marked])
  expect(output.lines.join()).not.toContain('1234')
})

it('writes them where it is one copy (control)', () => {
  const Card = fields({ number: string({ redact: 'last4' }) })
  const output = memory()
  createLogger({ outputs: [{ output, encoder: json() }] }).info('paid', Card, { number: '1234567812345678' })
  expect(output.lines.join()).toMatch(/"number":"[^"]*5678"/)
})
