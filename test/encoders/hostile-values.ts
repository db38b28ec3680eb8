import { runInNewContext } from 'node:vm'
import { fail, type HostileValue, revoked, throwing, trapped, TRAPS } from './hostile-makers.js'

export type { HostileValue } from './hostile-makers.js'
export { HOSTILE_ERRORS } from './hostile-errors.js'

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(64)
  structuredClone(buffer, { transfer: [buffer] })
  return buffer
}

function viewOfDetached(make: (buffer: ArrayBuffer) => ArrayBufferView): ArrayBufferView {
  const buffer = new ArrayBuffer(64)
  const view = make(buffer)
  structuredClone(buffer, { transfer: [buffer] })
  return view
}

/** Objects within objects, made without recursion. */
function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = wrap(value)
  return value
}

function circular(build: (value: Record<string, unknown>) => unknown): unknown {
  const value: Record<string, unknown> = {}
  value['self'] = build(value)
  return value
}

export const HOSTILE_OBJECTS: readonly HostileValue[] = [
  { name: 'a getter that throws', make: () => throwing({ a: 1, z: 2 }, 'b') },
  {
    name: 'a getter that throws an object without a prototype',
    make: () => ({
      get a(): never {
        throw Object.create(null)
      },
    }),
  },
  { name: 'a getter that gives another type each time', make: () => lying() },
  { name: 'a getter that gives a deeper copy of its object', make: () => endless() },
  { name: 'a toJSON that throws', make: () => ({ toJSON: fail }) },
  { name: 'a toJSON whose getter throws', make: () => throwing({}, 'toJSON') },
  {
    name: 'a toJSON that gives itself',
    make: () => {
      const value = { toJSON: () => value, a: 1 }
      return value
    },
  },
  { name: 'a toJSON that gives its parent', make: () => circular((parent) => ({ toJSON: () => parent })) },
  { name: 'a toJSON that gives a new one for ever', make: () => freshToJson() },
  { name: 'a toJSON that gives undefined', make: () => ({ toJSON: () => undefined }) },
  { name: 'a toJSON that gives a function', make: () => ({ toJSON: () => fail }) },
  { name: 'a toJSON that is no function', make: () => ({ toJSON: 7, a: 1 }) },
  ...TRAPS.map((trap) => ({ name: `a proxy whose ${trap} throws`, make: () => trapped({ a: 1 }, trap) })),
  { name: 'a proxy all of whose traps throw', make: () => trapped({ a: 1 }, ...TRAPS) },
  { name: 'a proxy of an array all of whose traps throw', make: () => trapped([1], ...TRAPS) },
  {
    name: 'a proxy with keys that are not there',
    make: () =>
      new Proxy(
        {},
        {
          ownKeys: () => ['a', 'b'],
          getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }),
        },
      ),
  },
  {
    name: 'a proxy that says yes to all',
    make: () => new Proxy(() => 1, { get: () => new Proxy(() => 1, {}), has: () => true, apply: fail }),
  },
  { name: 'a revoked proxy of an object', make: () => revoked({}) },
  { name: 'a revoked proxy of an array', make: () => revoked([]) },
  { name: 'a revoked proxy of an error', make: () => revoked(new Error('x')) },
  { name: 'a revoked proxy of a function', make: () => revoked(() => 1) },
  ...[NaN, -1, Infinity, 2 ** 53, 'x', 7n, null].map((length) => ({
    name: `an array that says its length is ${String(length)}`,
    make: () => new Proxy([1, 2], { get: (target, key) => (key === 'length' ? length : Reflect.get(target, key)) }),
  })),
  { name: 'an array whose items throw', make: () => throwing([1, 2, 3], 1) },
  { name: 'an array of 2^32 - 1 holes', make: () => new Array(2 ** 32 - 1) },
  { name: 'a detached buffer', make: detached },
  { name: 'a Uint8Array of a detached buffer', make: () => viewOfDetached((buffer) => new Uint8Array(buffer)) },
  { name: 'a Float64Array of a detached buffer', make: () => viewOfDetached((buffer) => new Float64Array(buffer)) },
  { name: 'a DataView of a detached buffer', make: () => viewOfDetached((buffer) => new DataView(buffer)) },
  { name: 'an array buffer of 16 MiB', make: () => new ArrayBuffer(1 << 24) },
  { name: 'a Buffer of 16 MiB', isLong: true, make: () => Buffer.alloc(1 << 24) },
  { name: 'a Float64Array of two million items', isLong: true, make: () => new Float64Array(2e6) },
  { name: 'an object that holds itself', make: () => circular((value) => value) },
  {
    name: 'an array that holds itself',
    make: () => {
      const list: unknown[] = []
      list.push(list)
      return list
    },
  },
  {
    name: 'a Map that holds itself',
    make: () => {
      const map = new Map<string, unknown>()
      return map.set('map', map)
    },
  },
  {
    name: 'a Map whose key is itself',
    make: () => {
      const map = new Map<unknown, unknown>()
      return map.set(map, map)
    },
  },
  {
    name: 'a Set that holds itself',
    make: () => {
      const set = new Set()
      return set.add(set)
    },
  },
  { name: 'a Map whose size throws', make: () => throwing(new Map([['a', 1]]), 'size') },
  {
    name: 'a Map whose items cannot be counted',
    make: () => Object.assign(new Map([['a', 1]]), { [Symbol.iterator]: fail }),
  },
  { name: 'a million objects within one another', make: () => nested(1e6, (inner) => ({ inner })) },
  { name: 'a million arrays within one another', make: () => nested(1e6, (inner) => [inner]) },
  {
    name: 'a thousand references to one object, nine times over',
    make: () => nested(9, (inner) => Array.from({ length: 1000 }, () => inner)),
  },
  { name: 'an array of a million items', isLong: true, make: () => new Array(1e6).fill(0) },
  { name: 'a Set of a million items', make: () => new Set(new Array(1e6).keys()) },
  { name: 'a Map of a million items', make: () => new Map(Array.from({ length: 1e6 }, (_, i) => [`k${i}`, i])) },
  {
    name: '__proto__ as a key',
    make: () =>
      JSON.parse('{"__proto__":{"level":1},"constructor":{"prototype":2},"hasOwnProperty":3,"toString":4}') as object,
  },
  { name: 'an object without a prototype', make: () => Object.assign(Object.create(null) as object, { a: 1 }) },
  { name: 'an object whose prototype is a revoked proxy', make: () => Object.create(revoked({})) as object },
  { name: 'a class whose toStringTag throws', make: () => throwing({ a: 1 }, Symbol.toStringTag, Symbol.toPrimitive) },
  {
    name: 'a boxed text whose valueOf gives itself',
    make: () => {
      const text: object = Object.assign(Object('x') as object, { valueOf: () => text })
      return text
    },
  },
  { name: 'a boxed number whose valueOf throws', make: () => Object.assign(Object(1) as object, { valueOf: fail }) },
  { name: 'a Date out of range', make: () => new Date(NaN) },
  { name: 'a Date whose methods throw', make: () => Object.assign(new Date(0), { getTime: fail, toISOString: fail }) },
  { name: 'a Date from another realm', make: () => runInNewContext('new Date(0)') as object },
  { name: 'an object from another realm', make: () => runInNewContext('({ a: [1, new Map([["b", 2]])] })') as object },
  { name: 'a million characters as a value', make: () => ({ text: 'x'.repeat(1 << 20) }) },
  { name: 'a million characters to escape', make: () => ({ text: '\u001b'.repeat(1 << 20) }) },
  { name: 'a million lone surrogates', make: () => ({ text: '\ud800'.repeat(1 << 20) }) },
  { name: 'a million characters as a key', make: () => ({ ['k'.repeat(1 << 20)]: 1, ['k'.repeat((1 << 20) + 1)]: 2 }) },
  { name: 'a bigint of thirty thousand digits', make: () => ({ n: 2n ** 100_000n }) },
  { name: 'the global object', make: () => globalThis },
  {
    name: 'a promise, a generator and a weak map',
    make: () => ({ promise: Promise.resolve(1), made: [].values(), weak: new WeakMap() }),
  },
]

/** Values that are no objects, where an object may be expected. */
export const HOSTILE_SCALARS: readonly HostileValue[] = [
  { name: 'undefined', make: () => undefined },
  { name: 'null', make: () => null },
  { name: 'NaN', make: () => NaN },
  { name: 'a symbol', make: () => Symbol('s') },
  { name: 'a bigint', make: () => 12n },
  { name: 'an empty text', make: () => '' },
  { name: 'a text of a mebibyte', isLong: true, make: () => 'é'.repeat(1 << 20) },
  { name: 'a text of percent signs', isLong: true, make: () => '%'.repeat(10_000) },
  { name: 'a function whose name throws', make: () => throwing(() => 1, 'name') },
  { name: 'a class', make: () => Date },
]

function lying(): object {
  let count = 0
  const types = [1, 'x', null, undefined, { a: 1 }, [1], fail]
  return {
    get a(): unknown {
      return types[count++ % types.length]
    },
  }
}

function endless(): object {
  return {
    get a(): unknown {
      return endless()
    },
    get b(): unknown {
      return [endless(), endless()]
    },
  }
}

function freshToJson(): object {
  return { toJSON: () => ({ a: freshToJson(), b: [freshToJson()] }) }
}
