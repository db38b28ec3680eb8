import { describe, expect, it } from 'vitest'
import { ByteBuffer } from '../../src/bytes/byte-buffer.js'
import { Fragment } from '../../src/bytes/fragment.js'

/** Lengths around a word, and around the one from which bytes are copied otherwise. */
const LENGTHS = [0, 1, 7, 8, 9, 15, 16, 17, 24, 25, 119, 120, 121, 128, 1000]

describe('a fragment', () => {
  it.each(LENGTHS)('of %d bytes is appended as it was', (length) => {
    const text = 'é0123456789abcdef'.repeat(100).slice(0, length)
    const out = new ByteBuffer(4)
    out.text('before ')
    out.fragment(Fragment.of(text))
    out.text(' after')
    expect(out.toString()).toBe(`before ${text} after`)
  })

  it.each(LENGTHS)('of %d bytes keeps them when the buffer that it came from goes on', (length) => {
    const source = new ByteBuffer(4)
    source.text('x'.repeat(length))
    const fragment = source.toFragment()
    expect(source.length).toBe(length)
    source.length = 0
    source.text('y'.repeat(2000))
    const out = new ByteBuffer(4)
    out.fragment(fragment)
    expect(out.toString()).toBe('x'.repeat(length))
  })

  it('keeps bytes that are no text', () => {
    for (const byte of [0x00, 0x7f, 0xf0, 0xff]) {
      const source = new ByteBuffer(4)
      for (let i = 0; i < 20; i++) source.byte(byte)
      const out = new ByteBuffer(4)
      out.fragment(source.toFragment())
      expect(Array.from(out.bytes.subarray(0, out.length))).toEqual(Array.from({ length: 20 }, () => byte))
    }
  })
})
