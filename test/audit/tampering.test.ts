import { describe, expect, it } from 'vitest'
import { verifierKey } from 'wideline/audit'
import { secondVerify } from './second-verifier.js'
import { judge, KEY_ID, keyOf, linesOf, makeFile, TRUSTED } from './support.js'

const small = await makeFile(12, { checkpointEvery: 4 })
const large = await makeFile(1_000, { checkpointEvery: 250 })
const lines = linesOf(small.bytes)
/** Numbers of lines by what they hold. */
const numbersOf = (part: string): number[] => lines.flatMap((line, i) => (line.includes(part) ? [i + 1] : []))
const entries = numbersOf('"order ')
const checkpoints = numbersOf('"@audit":"checkpoint"')
const cuts = numbersOf('"@audit":"cut"')

/** The file with these lines instead. */
function withLines(change: (copy: Buffer[]) => void): Buffer {
  const copy = [...lines]
  change(copy)
  return Buffer.concat(copy)
}

function expectTampered(bytes: Buffer, note: string | undefined, what: string): string[] {
  const { verdict, problems } = judge(bytes, note)
  expect({ what, verdict }).toEqual({ what, verdict: 'tampered' })
  expect({ what, second: secondVerify([bytes], [TRUSTED], note) }).toEqual({ what, second: 'tampered' })
  return problems
}

describe('a file as it was written', () => {
  it('is valid with its last checkpoint, unanchored with an older one, or with none', () => {
    expect(judge(small.bytes, small.note)).toEqual({ verdict: 'valid', problems: [] })
    expect(judge(small.bytes)).toEqual({ verdict: 'unanchored', problems: [] })
    const older = (JSON.parse(lines[checkpoints[1] - 1].toString()) as { note: string }).note
    expect(judge(small.bytes, older)).toEqual({ verdict: 'unanchored', problems: [] })
    expect(secondVerify([small.bytes], [TRUSTED], small.note)).toBe('valid')
    expect(secondVerify([small.bytes], [TRUSTED])).toBe('unanchored')
    expect(secondVerify([small.bytes], [TRUSTED], older)).toBe('unanchored')
  })

  it('holds the lines exactly as they were given', () => {
    expect(entries).toHaveLength(12)
    expect(lines[entries[11] - 1].toString()).toBe('{"level":"info","msg":"order 11 paid","n":77}\n')
  })
})

describe('a flipped bit', () => {
  // Every bit of a file of a thousand records: npm run test:audit.
  it('is found and named, wherever it is', () => {
    const bytes = Buffer.from(small.bytes)
    for (let bit = 0; bit < bytes.length * 8; bit += 19) {
      bytes[bit >> 3] ^= 1 << (bit & 7)
      const { verdict, problems } = judge(bytes, small.note)
      if (verdict !== 'tampered' || problems.length === 0) expect.fail(`bit ${bit} was not found`)
      bytes[bit >> 3] ^= 1 << (bit & 7)
    }
    expect(judge(bytes, small.note).verdict).toBe('valid')
  })

  it('is found without a held checkpoint but where it makes the last checkpoint no record: that is a cut', () => {
    const bytes = Buffer.from(small.bytes)
    const last = bytes.length - (lines.at(-1)?.length ?? 0)
    for (let bit = 0; bit < bytes.length * 8; bit += 37) {
      const at = bit >> 3
      const isCut = (at >= last - 1 && at < last + 11) || at === bytes.length - 1
      bytes[at] ^= 1 << (bit & 7)
      const { verdict } = judge(bytes)
      if (verdict === 'valid' || (verdict !== 'tampered' && !isCut)) expect.fail(`bit ${bit} was called ${verdict}`)
      bytes[at] ^= 1 << (bit & 7)
    }
    expect(judge(bytes).verdict).toBe('unanchored')
  })

  it('is found by the second verifier too', () => {
    const bytes = Buffer.from(small.bytes)
    for (let bit = 0; bit < bytes.length * 8; bit += 61) {
      bytes[bit >> 3] ^= 1 << (bit & 7)
      if (secondVerify([bytes], [TRUSTED], small.note) !== 'tampered') expect.fail(`bit ${bit} was not found`)
      bytes[bit >> 3] ^= 1 << (bit & 7)
    }
    expect(secondVerify([bytes], [TRUSTED], small.note)).toBe('valid')
  })

  it('is found in a file of a thousand records, and in an entry named by its very line', () => {
    const bytes = Buffer.from(large.bytes)
    let line = 1
    let named = 0
    for (let at = 0; at < bytes.length; at++) {
      if (at % 499 === 0) {
        const before = bytes[at]
        const isEntry = large.bytes
          .toString('latin1', large.bytes.lastIndexOf(10, at - 1) + 1, at + 10)
          .includes('"level"')
        bytes[at] ^= 1 << (at % 8)
        const { verdict, problems } = judge(bytes)
        expect({ at, verdict }).toEqual({ at, verdict: 'tampered' })
        if (isEntry && before !== 10 && bytes[at] !== 10) {
          expect({ at, problems }).toEqual({ at, problems: [`lines-changed ${line}`] })
          named++
        }
        bytes[at] = before
      }
      if (bytes[at] === 10) line++
    }
    expect(named).toBeGreaterThan(60)
  })
})

describe('lines', () => {
  it('are missed one by one, and named', () => {
    for (const number of entries) {
      const problems = expectTampered(
        withLines((copy) => copy.splice(number - 1, 1)),
        undefined,
        `without line ${number}`,
      )
      expect(problems[0]).toBe(`lines-missing ${number}`)
    }
    for (let number = 1; number < lines.length - 1; number++)
      expectTampered(
        withLines((copy) => copy.splice(number - 1, 1)),
        undefined,
        `without line ${number}`,
      )
  })

  it('are found when they are repeated, and named', () => {
    for (const number of entries) {
      const problems = expectTampered(
        withLines((copy) => copy.splice(number - 1, 0, lines[number - 1])),
        undefined,
        `line ${number} twice`,
      )
      expect(problems).toEqual([`lines-duplicated ${number + 1}`])
    }
    for (let number = 1; number <= lines.length; number++)
      expectTampered(
        withLines((copy) => copy.splice(number - 1, 0, lines[number - 1])),
        undefined,
        `line ${number} twice`,
      )
  })

  it('are found when two are swapped, and named', () => {
    for (const [i, number] of entries.slice(0, -1).entries()) {
      const other = entries[i + 1]
      if (other !== number + 1) continue
      const problems = expectTampered(
        withLines((copy) => copy.splice(number - 1, 2, lines[number], lines[number - 1])),
        undefined,
        `lines ${number} and ${other}`,
      )
      expect(problems).toEqual([`lines-reordered ${number}-${other}`])
    }
    for (let a = 1; a < lines.length; a++) {
      expectTampered(
        withLines((copy) => copy.splice(a - 1, 2, lines[a], lines[a - 1])),
        undefined,
        `lines ${a} and ${a + 1}`,
      )
    }
  })

  it('are found when they are inserted, and named', () => {
    const problems = expectTampered(
      withLines((copy) => copy.splice(entries[6] - 1, 0, Buffer.from('{"level":"info","msg":"forged"}\n'))),
      undefined,
      'a forged line',
    )
    expect(problems).toEqual([`lines-inserted ${entries[6]}`])
  })

  it('of a whole segment are missed', () => {
    const problems = expectTampered(
      withLines((copy) => copy.splice(checkpoints[1], checkpoints[2] - checkpoints[1])),
      undefined,
      'a segment less',
    )
    expect(problems[0]).toContain('lines-missing')
  })
})

describe('a cut', () => {
  it('at any byte is tampering to who holds the last checkpoint, and never plainly valid', () => {
    for (let size = 0; size < small.bytes.length; size += size % 2 === 0 ? 13 : 4) {
      const bytes = small.bytes.subarray(0, size)
      const held = judge(bytes, small.note)
      if (held.verdict !== 'tampered' || !held.problems.includes('held-checkpoint 0'))
        expect.fail(`cut at ${size} was not found`)
      if (judge(bytes).verdict !== 'unanchored') expect.fail(`cut at ${size} was called ${judge(bytes).verdict}`)
    }
    expect(judge(small.bytes, small.note).verdict).toBe('valid')
  })

  it('is judged the same by the second verifier', () => {
    for (let size = 0; size < small.bytes.length; size += 57) {
      const bytes = small.bytes.subarray(0, size)
      if (secondVerify([bytes], [TRUSTED], small.note) !== 'tampered') expect.fail(`cut at ${size} was not found`)
      if (secondVerify([bytes], [TRUSTED]) !== 'unanchored') expect.fail(`cut at ${size} without a held checkpoint`)
    }
    expect(secondVerify([small.bytes], [TRUSTED], small.note)).toBe('valid')
  })
})

describe('signatures', () => {
  it('are missed when they are stripped', () => {
    for (const number of checkpoints) {
      const problems = expectTampered(
        withLines((copy) => {
          const record = JSON.parse(copy[number - 1].toString()) as { note: string }
          record.note = record.note.slice(0, record.note.indexOf('\n\n') + 1)
          copy[number - 1] = Buffer.from(`${JSON.stringify(record)}\n`)
        }),
        undefined,
        `line ${number} without signature`,
      )
      expect(problems[0]).toBe(`signature-missing ${number}`)
    }
  })

  it('of another key are foreign, also where the whole file is signed by it', async () => {
    const forged = await makeFile(12, { key: keyOf(2), checkpointEvery: 4 })
    expect(judge(forged.bytes, undefined, [verifierKey(KEY_ID, keyOf(2))]).verdict).toBe('unanchored')
    const problems = expectTampered(forged.bytes, undefined, 'a foreign file')
    expect(problems.every((problem) => problem.startsWith('foreign-key'))).toBe(true)
    expect(problems).toHaveLength(checkpoints.length)
  })

  it('of the right key under another name are foreign', async () => {
    const other = await makeFile(3, { keyId: 'shop.example/other' })
    expect(expectTampered(other.bytes, undefined, 'another name')[0]).toContain('foreign-key')
  })
})

describe('checkpoints', () => {
  it('are found when they are replayed within the file', () => {
    for (const number of checkpoints.slice(1)) {
      const problems = expectTampered(
        withLines((copy) => {
          copy[number - 1] = lines[checkpoints[0] - 1]
        }),
        undefined,
        `line ${number} replayed`,
      )
      expect(problems[0]).toBe(`checkpoint-replayed ${number}`)
    }
  })

  it('are found when they come from another file of the same key', async () => {
    const other = await makeFile(12, { checkpointEvery: 4 })
    const problems = expectTampered(
      withLines((copy) => {
        copy[checkpoints[2] - 1] = linesOf(other.bytes)[checkpoints[2] - 1]
      }),
      undefined,
      'a checkpoint of another file',
    )
    expect(problems[0]).toBe(`checkpoint-replayed ${checkpoints[2]}`)
  })

  it('are missed where their cut is gone', () => {
    for (const number of cuts) {
      const problems = expectTampered(
        withLines((copy) => copy.splice(number - 1, 1)),
        undefined,
        `without cut ${number}`,
      )
      expect(problems[0]).toBe(`cut-missing ${number}`)
    }
  })

  it('that are held are missed in another file, and in one spliced of two', async () => {
    const other = await makeFile(12, { checkpointEvery: 4 })
    expect(expectTampered(other.bytes, small.note, 'another file')).toEqual(['held-checkpoint 0'])
    const spliced = Buffer.concat([...lines.slice(0, checkpoints[2]), ...linesOf(other.bytes).slice(checkpoints[2])])
    expectTampered(spliced, small.note, 'a spliced file')
    expectTampered(spliced, other.note, 'a spliced file')
    expectTampered(Buffer.concat([small.bytes, other.bytes]), small.note, 'one behind the other')
    expectTampered(Buffer.concat([lines[0], ...linesOf(other.bytes).slice(1)]), other.note, 'the header of another')
  })
})
