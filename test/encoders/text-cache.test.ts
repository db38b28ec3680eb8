import { describe, expect, it } from 'vitest'
import { ByteBuffer } from '../../src/bytes/byte-buffer.js'
import { TextCache } from '../../src/encoders/text-cache.js'

function shown(cache: TextCache, text: string, source: { misses: number }): string | undefined {
  const fragment = cache.get(text, text.length, source)
  if (fragment === undefined) return undefined
  const out = new ByteBuffer(1024)
  out.fragment(fragment)
  return Buffer.from(out.bytes.subarray(0, out.length)).toString()
}

/** How often a text is asked for until it is ready. */
function asksOf(cache: TextCache, text: string, source: { misses: number }): number {
  for (let asks = 1; asks <= 1_000; asks++) {
    if (shown(cache, text, source) === JSON.stringify(text)) return asks
  }
  throw new Error(`${text} was never ready`)
}

describe('ready texts', () => {
  it('are those that come again', () => {
    const cache = new TextCache()
    const source = { misses: 0 }
    expect(asksOf(cache, 'order paid', source)).toBe(2)
    expect(asksOf(cache, 'order paid', source)).toBe(1)
  })

  it('are hardly looked for where none comes again', () => {
    const cache = new TextCache()
    const ids = { misses: 0 }
    for (let i = 0; i < 10_000; i++) expect(shown(cache, `order-${i}-0000`, ids)).toBeUndefined()
    // Twice in a row is noted of a source that is watched only.
    expect(shown(cache, 'order-x-0000', ids)).toBeUndefined()
    expect(shown(cache, 'order-x-0000', ids)).toBeUndefined()
    expect(asksOf(cache, 'order-x-0000', { misses: 0 })).toBe(2)
  })

  it('are found again where ids give way to the same text', () => {
    const cache = new TextCache()
    const source = { misses: 0 }
    for (let i = 0; i < 10_000; i++) shown(cache, `order-${i}-0000`, source)
    expect(asksOf(cache, 'none at all', source)).toBeLessThan(200)
    expect(asksOf(cache, 'none at all', source)).toBe(1)
  })

  it('of a source stay ready however many ids come between', () => {
    const cache = new TextCache()
    const source = { misses: 0 }
    asksOf(cache, 'completed', source)
    for (let i = 0; i < 1_000; i++) {
      shown(cache, `${i}`.padStart(12, 'order'), source)
      expect(shown(cache, 'completed', source)).toBe('"completed"')
    }
  })
})
