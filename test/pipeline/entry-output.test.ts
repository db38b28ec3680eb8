import { describe, expect, it } from 'vitest'
import { createLogger, type Encoder, type Entry, json, memory, type Output } from 'wideline'
import { entryTaker } from './entry-taker.js'

interface Taken {
  readonly message: string | undefined
  readonly logger: string
  readonly level: number
  readonly fields: Readonly<Record<string, unknown>>
}

/** An output that takes entries. */
function entryOutput(read: (entry: Entry) => void = () => undefined): { output: Output; taken: Taken[] } {
  const taken: Taken[] = []
  const output = entryTaker((entry) => {
    read(entry)
    const fields: Record<string, unknown> = {}
    for (const { keys, values, count } of [entry.context.fields, entry]) {
      for (let row = 0; row < count; row++) fields[keys[row].name] = values[row]
    }
    taken.push({ message: entry.message, logger: entry.logger, level: entry.level, fields })
  })
  return { output, taken }
}

describe('an output that takes entries', () => {
  it('gets the entry with its context, and nothing is encoded for it', () => {
    const { output, taken } = entryOutput()
    const refusing: Encoder = {
      reservedKeys: [],
      encode: () => {
        throw new Error('encoded')
      },
      encodeField: () => {
        throw new Error('encoded')
      },
    }
    const problems: Error[] = []
    const log = createLogger({
      name: 'shop',
      outputs: [{ output, encoder: refusing, level: 'warn' }],
      onError: (problem) => problems.push(problem),
    })
    log.child({ tenant: 'acme' }).warn('paid', { status: 'ok' })
    log.info('below its level')
    expect(taken).toEqual([{ message: 'paid', logger: 'shop', level: 40, fields: { tenant: 'acme', status: 'ok' } }])
    expect(problems).toEqual([])
  })

  it('stands beside outputs that take bytes', () => {
    const { output, taken } = entryOutput()
    const bytes = memory()
    createLogger({ outputs: [output, { output: bytes, encoder: json() }] }).info('hello')
    expect(taken).toHaveLength(1)
    expect(bytes.parsed()).toMatchObject([{ msg: 'hello' }])
  })

  it('costs no line when it throws: the problem is counted and reported', () => {
    const problems: Error[] = []
    const { output } = entryOutput(() => {
      throw new Error('not now')
    })
    const bytes = memory()
    const log = createLogger({ outputs: [output, bytes], onError: (problem) => problems.push(problem) })
    log.info('hello')
    expect(bytes.lines).toHaveLength(1)
    expect(problems.map(({ message }) => message)).toEqual(['not now'])
    expect(log.stats().outputs[0]).toMatchObject({ calls: 1, accepted: 0, dropped: { error: 1 } })
  })

  it('gets a line logged while it reads another, each whole, and not for ever', () => {
    const { output, taken } = entryOutput(() => log.info('within'))
    const log = createLogger({ outputs: [output] })
    log.info('outer')
    expect(taken.length).toBeGreaterThan(1)
    expect(taken.at(-1)).toMatchObject({ message: 'outer' })
    expect(taken.slice(0, -1).every(({ message }) => message === 'within')).toBe(true)
  })
})
