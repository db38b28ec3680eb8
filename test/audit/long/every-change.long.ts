import { expect, it, vi } from 'vitest'
import type * as SignedNote from '../../../src/audit/signed-note.js'
import { judge, linesOf, makeFile } from '../support.js'
import { tell } from './progress.js'

// A signature over the same text by the same key is verified once: half a million files hold the same ones.
vi.mock('../../../src/audit/signed-note.js', async (importOriginal) => {
  const original = await importOriginal<typeof SignedNote>()
  const known = new Map<string, boolean>()
  const verifyNote: typeof SignedNote.verifyNote = (text, key, signature) => {
    const name = `${key.text} ${signature.name} ${signature.id} ${Buffer.from(signature.signature).toString('hex')} ${text}`
    const verdict = known.get(name) ?? original.verifyNote(text, key, signature)
    if (known.size < 10_000) known.set(name, verdict)
    return verdict
  }
  return { ...original, verifyNote }
})

const RECORDS = Number(process.env['AUDIT_RECORDS'] ?? 1_000)
// Short ones: there are eight times as many files as there are bytes in this one.
const { bytes, note } = await makeFile(RECORDS, { checkpointEvery: 250 }, undefined, (i) => `{"n":${i}}`)
const lines = linesOf(bytes)

/** Fails with what was not found. */
function mustBeFound(forged: Buffer, held: string | undefined, what: string): void {
  const { verdict, problems } = judge(forged, held)
  if (verdict !== 'tampered' || problems.length === 0) expect.fail(`${what} was called ${verdict}`)
}

it(`every flipped bit of a file of ${RECORDS} records is found and named`, () => {
  const forged = Buffer.from(bytes)
  const told = tell('bits', forged.length * 8)
  for (let bit = 0; bit < forged.length * 8; bit++) {
    forged[bit >> 3] ^= 1 << (bit & 7)
    mustBeFound(forged, note, `bit ${bit}`)
    forged[bit >> 3] ^= 1 << (bit & 7)
    told(bit)
  }
  expect(judge(forged, note)).toEqual({ verdict: 'valid', problems: [] })
})

it('every line removed, repeated, or swapped with the next is found and named', () => {
  const told = tell('lines', lines.length)
  for (let i = 0; i < lines.length; i++) {
    const [before, line, after] = [lines.slice(0, i), lines[i], lines.slice(i + 1)]
    mustBeFound(Buffer.concat([...before, ...after]), note, `line ${i + 1} removed`)
    if (i < lines.length - 1) {
      mustBeFound(Buffer.concat([...before, line, line, ...after]), note, `line ${i + 1} repeated`)
      mustBeFound(Buffer.concat([...before, after[0], line, ...after.slice(1)]), note, `line ${i + 1} swapped`)
    } else mustBeFound(Buffer.concat([...before, line, line]), note, 'the last line repeated')
    told(i)
  }
  expect(judge(bytes, note).verdict).toBe('valid')
})

it('a cut at every byte is found by who holds the checkpoint, and never plainly valid to others', () => {
  const told = tell('cuts', bytes.length)
  for (let size = 0; size < bytes.length; size++) {
    const cut = bytes.subarray(0, size)
    mustBeFound(cut, note, `a cut at ${size}`)
    if (judge(cut).verdict !== 'unanchored') expect.fail(`a cut at ${size} was called ${judge(cut).verdict}`)
    told(size)
  }
  expect(judge(bytes).verdict).toBe('unanchored')
})
