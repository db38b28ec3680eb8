import { expect, it } from 'vitest'
import { json } from 'wideline'
import { write } from './lines.js'
import { strictParse } from './strict-json.js'

function shown(value: unknown): unknown {
  const { logger, lines } = write(json())
  logger.info('m', { value })
  return (strictParse(lines[0]) as { value: unknown }).value
}

const LONG = Uint8Array.from({ length: 100 }, (_, i) => i)

it.each([
  { name: 'a Buffer', input: Buffer.from('hello'), want: '[Buffer 5 bytes 68656c6c6f]' },
  { name: 'a Uint8Array', input: new Uint8Array([1, 2, 255]), want: '[Uint8Array 3 bytes 0102ff]' },
  { name: 'a part of a Buffer', input: Buffer.from('hello').subarray(1, 3), want: '[Buffer 2 bytes 656c]' },
  { name: 'an ArrayBuffer', input: new Uint8Array([1, 2]).buffer, want: '[ArrayBuffer 2 bytes 0102]' },
  { name: 'a DataView', input: new DataView(new Uint8Array([1, 2, 3]).buffer, 1), want: '[DataView 2 bytes 0203]' },
  { name: 'no bytes', input: new Uint8Array(0), want: '[Uint8Array 0 bytes]' },
  {
    name: '64 bytes',
    input: LONG.subarray(0, 64),
    want: `[Uint8Array 64 bytes ${Buffer.from(LONG.subarray(0, 64)).toString('hex')}]`,
  },
  {
    name: 'more than 64 bytes',
    input: LONG,
    want: `[Uint8Array 100 bytes ${Buffer.from(LONG.subarray(0, 64)).toString('hex')}…]`,
  },
])('$name is written as hexadecimal digits, not as a list of numbers', ({ input, want }) => {
  expect(shown(input)).toBe(want)
})

it.each([
  { name: 'a Float32Array', input: new Float32Array([0.5, NaN]), want: [0.5, null] },
  { name: 'an Int16Array', input: new Int16Array([-1, 2]), want: [-1, 2] },
  { name: 'a Uint32Array', input: new Uint32Array([2 ** 32 - 1]), want: [2 ** 32 - 1] },
  { name: 'a BigInt64Array', input: new BigInt64Array([-5n]), want: [-5] },
  { name: 'an empty Float64Array', input: new Float64Array(0), want: [] },
])('$name is written as a list of numbers', ({ input, want }) => {
  expect(shown(input)).toEqual(want)
})
