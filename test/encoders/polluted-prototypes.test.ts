import { describe, expect, it } from 'vitest'
import { json, type Logger, pretty } from 'wideline'
import { errorAt, write } from './lines.js'
import { strictParse } from './strict-json.js'

/** What somebody else's code may have put on a prototype that everything shares. */
const POLLUTIONS: { name: string; target: object; key: string; property: PropertyDescriptor }[] = [
  {
    name: 'an enumerable value on Object.prototype',
    target: Object.prototype,
    key: 'polluted',
    property: { value: 'evil', enumerable: true },
  },
  {
    name: 'a getter that throws on Object.prototype',
    target: Object.prototype,
    key: 'polluted',
    property: { get: fail, enumerable: true },
  },
  {
    name: 'toJSON on Object.prototype',
    target: Object.prototype,
    key: 'toJSON',
    property: { value: () => 'polluted', writable: true },
  },
  {
    name: 'toJSON on Array.prototype',
    target: Array.prototype,
    key: 'toJSON',
    property: { value: () => 'polluted', writable: true },
  },
  {
    name: 'toJSON on String.prototype',
    target: String.prototype,
    key: 'toJSON',
    property: { value: () => 'polluted', writable: true },
  },
  {
    name: 'a cause on Object.prototype',
    target: Object.prototype,
    key: 'cause',
    property: { value: 'evil', writable: true },
  },
  {
    name: 'a list of errors on Object.prototype',
    target: Object.prototype,
    key: 'errors',
    property: { value: ['evil'], writable: true },
  },
  {
    name: 'a level on Object.prototype',
    target: Object.prototype,
    key: 'level',
    property: { value: 'evil', writable: true, enumerable: true },
  },
  {
    name: 'a number on Array.prototype',
    target: Array.prototype,
    key: '3',
    property: { value: 'evil', writable: true, enumerable: true },
  },
  {
    name: 'a stack that cannot be set on Object.prototype',
    target: Object.prototype,
    key: 'stack',
    property: { get: () => 'evil', set: fail },
  },
]

function fail(): never {
  throw new Error('polluted')
}

/** Runs something while a prototype is polluted, and cleans up before anybody else looks. */
function polluted<T>(target: object, key: string, property: PropertyDescriptor, run: () => T): T {
  Object.defineProperty(target, key, { ...property, configurable: true })
  try {
    return run()
  } finally {
    delete (target as Record<string, unknown>)[key]
  }
}

function logAll(logger: Logger): void {
  logger.info('message', {
    a: 1,
    deep: { list: [1, undefined, 3], map: new Map([['k', 'v']]) },
    error: errorAt(new Error('failed')),
  })
  logger.info('%s %j', 'text', { a: [1] })
  logger.child({ c: { d: 1 } }).info('message')
  logger.error(errorAt(new AggregateError([errorAt(new Error('inner'))], 'outer')))
}

describe.each(POLLUTIONS)('with $name', ({ target, key, property }) => {
  it('json() writes one valid line a call and nothing of it as a field', () => {
    const { logger, lines, problems } = write(json())
    const thrown = polluted(target, key, property, () => {
      try {
        logAll(logger)
      } catch (error) {
        return error
      }
      return undefined
    })
    expect(thrown).toBeUndefined()
    expect(problems).toEqual([])
    expect(lines).toHaveLength(4)
    for (const line of lines) {
      expect(Object.keys(strictParse(line) as object)).not.toContain('polluted')
      expect(line).not.toContain('"polluted":')
    }
    expect(lines[1]).toContain('"msg":"text')
  })

  it('pretty() writes one entry a call', () => {
    const { logger, lines, problems } = write(pretty({ colour: false }))
    polluted(target, key, property, () => logAll(logger))
    expect(problems).toEqual([])
    expect(lines).toHaveLength(4)
  })
})

it('writes own properties only, whatever an object inherits', () => {
  class Shape {
    sides = 4
  }
  Object.defineProperty(Shape.prototype, 'inherited', { value: 1, enumerable: true })
  const made = Object.assign(
    Object.create({
      inherited: 1,
      get other(): never {
        return fail()
      },
    }) as object,
    { own: 1 },
  )
  const values = [
    made,
    new Shape(),
    Object.create({ inherited: 1 }),
    Object.assign(Object.create(made) as object, { own: 2 }),
  ]
  const { logger, lines, problems } = write(json())
  for (const value of values) logger.info('message', { value, list: [value] })
  expect(problems).toEqual([])
  expect(lines.map((line) => (strictParse(line) as { value: unknown }).value)).toEqual(
    values.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
  )
})
