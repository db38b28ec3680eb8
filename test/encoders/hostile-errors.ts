import { runInNewContext } from 'node:vm'
import { fail, type HostileValue, revoked, throwing, trapped, TRAPS } from './hostile-makers.js'

export const HOSTILE_ERRORS: readonly HostileValue[] = [
  ...['message', 'name', 'stack', 'cause', 'errors', 'code', 'constructor'].map((name) => ({
    name: `an error whose ${name} throws`,
    make: () => throwing(new Error('x'), name),
  })),
  {
    name: 'an error of which everything throws',
    make: () =>
      throwing(
        new Error('x'),
        'stack',
        'message',
        'name',
        'cause',
        'errors',
        'code',
        'constructor',
        'toString',
        'toJSON',
      ),
  },
  {
    name: 'an error whose getters throw errors that throw',
    make: () =>
      Object.defineProperty(new Error('x'), 'stack', {
        get: () => {
          throw throwing(new Error('y'), 'message', 'name')
        },
      }),
  },
  {
    name: 'an error with objects for texts',
    make: () => Object.assign(new Error('x'), { message: { a: 1 }, name: { b: 2 }, stack: [3], code: {} }),
  },
  {
    name: 'an error with symbols for texts',
    make: () => Object.assign(new Error('x'), { message: Symbol('m'), name: Symbol('n'), stack: Symbol('s') }),
  },
  {
    name: 'an error whose message is itself',
    make: () => {
      const error: Error = new Error('x')
      return Object.assign(error, { message: error })
    },
  },
  {
    name: 'an error that is its own cause',
    make: () => {
      const error = new Error('x')
      error.cause = error
      return error
    },
  },
  {
    name: 'two errors that cause each other',
    make: () => {
      const a = new Error('a')
      a.cause = new Error('b', { cause: a })
      return a
    },
  },
  { name: 'a chain of a hundred thousand causes', make: () => causes(100_000) },
  {
    name: 'an AggregateError that holds itself',
    make: () => {
      const error = new AggregateError([], 'x')
      error.errors.push(error, error)
      return error
    },
  },
  {
    name: 'an AggregateError of a million errors',
    make: () => {
      const error = new Error('x')
      return new AggregateError(
        Array.from({ length: 1e6 }, () => error),
        'x',
      )
    },
  },
  {
    name: 'an AggregateError whose list has holes',
    // oxlint-disable-next-line no-sparse-arrays -- the holes are the case
    make: () => Object.assign(new AggregateError([], 'x'), { errors: [new Error('y'), , new Error('z')] }),
  },
  {
    name: 'an AggregateError whose list throws',
    make: () => Object.assign(new AggregateError([], 'x'), { errors: trapped([1], ...TRAPS) }),
  },
  {
    name: 'an AggregateError whose list is revoked',
    make: () => Object.assign(new AggregateError([], 'x'), { errors: revoked([]) }),
  },
  { name: 'an error whose cause is a revoked proxy', make: () => new Error('x', { cause: revoked({}) }) },
  { name: 'a proxy of an error all of whose traps throw', make: () => trapped(new Error('x'), ...TRAPS) },
  {
    name: 'an error whose class has no usable name',
    make: () => {
      class Odd extends Error {
        static override get name(): never {
          return fail()
        }
      }
      return new Odd('x')
    },
  },
  { name: 'an error with a message of a mebibyte', make: () => new Error('x'.repeat(1 << 20)) },
  { name: 'an error from another realm', make: () => runInNewContext('new TypeError("x")') as object },
]

function causes(depth: number): Error {
  let error = new Error('the root')
  Error.stackTraceLimit = 0
  for (let i = 0; i < depth; i++) error = new Error('x', { cause: error })
  Error.stackTraceLimit = 10
  return error
}
