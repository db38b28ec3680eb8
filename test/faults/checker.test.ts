import { describe, expect, it } from 'vitest'
import { checkBytes } from './checker.mjs'
import { fieldsOf } from './lines.mjs'

const COUNT = 50
const lines = Array.from({ length: COUNT }, (_, n) => `${JSON.stringify(fieldsOf('a', n))}\n`)
const NOTHING = { whole: COUNT, lost: 0, foreign: 0, torn: 0, doubled: 0, disordered: 0, isEndTorn: false }

/** What writers get wrong. A checker that misses one of these makes every fault test worthless. */
const WRITERS: { name: string; write: (good: string[]) => string[]; want: object }[] = [
  { name: 'drops a line', write: (good) => good.toSpliced(20, 1), want: { lost: 1 } },
  { name: 'drops the last line', write: (good) => good.slice(0, -1), want: { lost: 1 } },
  { name: 'drops all lines', write: () => [], want: { lost: COUNT } },
  { name: 'tears a line', write: (good) => good.with(20, good[20].slice(0, 12)), want: { lost: 2, torn: 1 } },
  { name: 'glues two lines', write: (good) => good.with(20, good[20].trimEnd()), want: { lost: 2, torn: 1 } },
  {
    name: 'tears the last line',
    write: (good) => good.with(49, good[49].slice(0, 12)),
    want: { lost: 1, isEndTorn: true },
  },
  { name: 'writes a line twice', write: (good) => good.toSpliced(20, 0, good[20]), want: { doubled: 1 } },
  { name: 'swaps two lines', write: (good) => good.with(20, good[21]).with(21, good[20]), want: { disordered: 1 } },
  {
    name: 'mixes two lines into one that can be read',
    write: (good) => good.with(20, JSON.stringify({ ...fieldsOf('a', 20), n: 21 }) + '\n'),
    want: { lost: 1, torn: 1 },
  },
  { name: 'adds a foreign line', write: (good) => good.toSpliced(20, 0, '{"level":"warn"}\n'), want: { foreign: 1 } },
]

describe('the checker (control)', () => {
  it.each(WRITERS)('catches a writer that $name', ({ write, want }) => {
    const found = checkBytes(Buffer.from(write(lines).join('')), COUNT)
    expect(found).toMatchObject(want)
    expect(found).not.toEqual(NOTHING)
  })

  it('has nothing to say of a right one, and counts each producer by itself', () => {
    expect(checkBytes(Buffer.from(lines.join('')), COUNT)).toEqual(NOTHING)
    const both = lines.flatMap((line, n) => [line, `${JSON.stringify(fieldsOf('b', n))}\n`])
    expect(checkBytes(Buffer.from(both.join('')), COUNT, 2)).toEqual({ ...NOTHING, whole: 2 * COUNT })
  })

  it('refuses what is no UTF-8', () => {
    expect(() => checkBytes(Buffer.from([0x7b, 0xff, 0x0a]), 1)).toThrow('not valid')
  })
})
