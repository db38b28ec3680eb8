import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteBuffer } from '../../src/bytes/byte-buffer.js'
import { runs } from '../runs.js'

const CAPACITIES = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65]

/** `size` bytes that tell where each stood. */
function pattern(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => 33 + (i % 90))
}

function content(buffer: ByteBuffer): number[] {
  return Array.from(buffer.bytes.subarray(0, buffer.length))
}

function filled(capacity: number, size: number): ByteBuffer {
  const buffer = new ByteBuffer(capacity)
  buffer.copyRange(pattern(size), 0, size)
  return buffer
}

describe.each(CAPACITIES)('a buffer of %i bytes', (capacity) => {
  const sizes = [0, 1, 2, capacity - 1, capacity, capacity + 1, capacity + 4, capacity * 2, capacity * 5 + 3]

  it('holds what is appended byte by byte, past its capacity', () => {
    for (const size of sizes) {
      const buffer = new ByteBuffer(capacity)
      for (const byte of pattern(size)) buffer.byte(byte)
      expect(content(buffer)).toEqual(Array.from(pattern(size)))
    }
  })

  it('holds what is copied after what it had, whatever both sizes', () => {
    for (const first of sizes) {
      for (const second of sizes) {
        const buffer = filled(capacity, first)
        buffer.copyRange(pattern(second), 0, second)
        expect(content(buffer)).toEqual([...pattern(first), ...pattern(second)])
      }
    }
  })

  it('holds a range that is copied, and only that', () => {
    for (const size of sizes) {
      const buffer = new ByteBuffer(capacity)
      buffer.byte(1)
      buffer.copyRange(pattern(size + 6), 3, size + 3)
      expect(content(buffer)).toEqual([1, ...pattern(size + 6).subarray(3, size + 3)])
    }
  })

  it('holds what stood between two places of another buffer, and only that, whatever room that has behind it', () => {
    for (const size of sizes) {
      for (const room of [0, 1, 7, 8, 9]) {
        const source = new ByteBuffer(size + 6 + room)
        source.copyRange(pattern(size + 6), 0, size + 6)
        const buffer = new ByteBuffer(capacity)
        buffer.byte(1)
        buffer.copyFrom(source, 3, size + 3)
        buffer.byte(2)
        expect(content(buffer)).toEqual([1, ...pattern(size + 6).subarray(3, size + 3), 2])
      }
    }
  })

  it('holds bytes of another buffer that are no number as a double', () => {
    const source = new ByteBuffer(128)
    for (const last of [0x7f, 0xff]) {
      for (const rest of [0x00, 0x01, 0xf7, 0xff]) {
        source.copyRange(Uint8Array.of(rest, rest, rest, rest, rest, rest, rest | 0xf0, last), 0, 8)
      }
    }
    const buffer = new ByteBuffer(capacity)
    buffer.copyFrom(source, 0, source.length)
    expect(content(buffer)).toEqual(content(source))
  })

  it('keeps what it holds when it makes room', () => {
    for (const size of sizes) {
      const buffer = filled(capacity, capacity)
      buffer.reserve(size)
      expect(buffer.bytes.length).toBeGreaterThanOrEqual(capacity + size)
      expect(content(buffer)).toEqual(Array.from(pattern(capacity)))
    }
  })

  it('keeps what a writer stored up to its own place when it makes room there', () => {
    for (const size of sizes) {
      const buffer = new ByteBuffer(capacity)
      buffer.bytes.set(pattern(capacity))
      const bytes = buffer.reserveAt(capacity, size)
      expect(bytes).toBe(buffer.bytes)
      expect(bytes.length).toBeGreaterThanOrEqual(capacity + size)
      expect(Array.from(bytes.subarray(0, capacity))).toEqual(Array.from(pattern(capacity)))
    }
  })
})

describe('text in a buffer', () => {
  it.each(['a', 'é', '€', '😀', '\ud800', '\udc00a'])('is UTF-8 for every length of %j from 0 to 80', (unit) => {
    for (let length = 0; length <= 80; length++) {
      const text = unit.repeat(length)
      const buffer = new ByteBuffer(8)
      buffer.byte(0x2e)
      const start = buffer.length
      buffer.text(text)
      expect(buffer.toString(start)).toBe(text.toWellFormed())
      expect(buffer.length).toBe(1 + Buffer.byteLength(text.toWellFormed()))
    }
  })

  it('is what was appended, piece by piece', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 70 }), { maxLength: 12 }), (pieces) => {
        const buffer = new ByteBuffer(1)
        for (const piece of pieces) buffer.text(piece)
        expect(buffer.toString()).toBe(pieces.join(''))
      }),
      { numRuns: runs(300) },
    )
  })
})

describe('a buffer of no bytes', () => {
  it('grows like any other', () => {
    const buffer = new ByteBuffer(0)
    // A growth that doubles nothing would never end: the time limit of vm ends it.
    runInNewContext('append()', { append: () => buffer.text('hello') }, { timeout: 1000 })
    expect(buffer.toString()).toBe('hello')
  })
})
