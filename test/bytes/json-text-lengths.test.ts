import { describe, expect, it } from 'vitest'
import { differences } from './json-oracle.js'

/** Past every threshold at which the writer changes its way: 16, 32, 36 and 64. */
const MAX_LENGTH = 80

/** One for each class the writer tells apart. */
const SPECIALS = ['"', '\\', '\n', '\u0001', '\u007f', '\u0085', 'é', '\u061c', '€', '\u2028', '\u202e', '\ud800', '😀']

const FILLINGS = ['a', '"', '\u0001', 'é', '€', '😀', '\udc00']

function* filled(): Generator<string> {
  for (let length = 0; length <= MAX_LENGTH; length++) for (const unit of FILLINGS) yield unit.repeat(length)
}

/** Every length, with one special unit at every place in it. */
function* pierced(special: string): Generator<string> {
  for (let length = 0; length < MAX_LENGTH; length++) {
    for (let at = 0; at <= length; at++) yield 'a'.repeat(at) + special + 'z'.repeat(length - at)
  }
}

/** Escapes at every distance from each other, alone and after a plain beginning; and such that come close in the end. */
function* dotted(special: string): Generator<string> {
  for (let distance = 0; distance <= 40; distance++) {
    const piece = special + 'a'.repeat(distance)
    for (const before of [0, 30, 77, 300]) {
      const text = 'b'.repeat(before) + piece.repeat(Math.ceil(1_200 / piece.length))
      yield text
      yield text + special.repeat(150)
    }
  }
}

/** What goes unit by unit although it is long, and what is too long for it. */
function* asJson(special: string): Generator<string> {
  for (const begin of ['{"', '["', '[{"']) {
    for (let length = 55; length <= 265; length += 3) yield begin + `ab${special}`.repeat(length).slice(0, length)
  }
}

describe('a JSON text of every length up to 80', () => {
  it.each(FILLINGS.map((unit) => ({ name: JSON.stringify(unit), unit })))(
    'of nothing but $name is right wherever it begins in its buffer',
    ({ unit }) => {
      const texts = Array.from({ length: MAX_LENGTH + 1 }, (_, length) => unit.repeat(length))
      for (let offset = 0; offset <= 9; offset++) expect(differences(texts, 4, 'x'.repeat(offset))).toEqual([])
    },
  )

  it.each(SPECIALS.map((special) => ({ name: JSON.stringify(special), special })))(
    'is right with $name at every place in it',
    ({ special }) => {
      for (let offset = 0; offset < 4; offset++) {
        expect(differences(pierced(special), 128, 'x'.repeat(offset))).toEqual([])
      }
    },
  )

  it.each(SPECIALS.map((special) => ({ name: JSON.stringify(special), special })))(
    'and longer is right with $name at every distance in it',
    ({ special }) => {
      for (let offset = 0; offset < 8; offset++) {
        expect(differences(dotted(special), 64, 'x'.repeat(offset))).toEqual([])
      }
    },
  )

  it.each(SPECIALS.map((special) => ({ name: JSON.stringify(special), special })))(
    'that begins as JSON is right with $name in it',
    ({ special }) => {
      for (let offset = 0; offset < 4; offset++)
        expect(differences(asJson(special), 64, 'x'.repeat(offset))).toEqual([])
    },
  )

  it('is right in a buffer of every capacity around its size', () => {
    for (let capacity = 4; capacity <= 260; capacity += 4) expect(differences(filled(), capacity, '123')).toEqual([])
  })

  it('is right when the space left in a buffer is every size from none', () => {
    for (let left = 0; left <= 96; left++) {
      const texts = Array.from(filled()).filter((text) => Math.abs(text.length - left) <= 3)
      expect(differences(texts, 128, 'x'.repeat(128 - left))).toEqual([])
    }
  })
})
