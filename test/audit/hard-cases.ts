import fs from 'node:fs'
import { sign } from 'node:crypto'
import { audit, type AuditOptions } from 'wideline/audit'
import { freshPath, KEY, keyOf, linesOf, makeFile, OPTIONS, write } from './support.js'

/** Files at the edges of the format, and what every verifier has to say of them. */
export interface HardCase {
  readonly what: string
  readonly files: readonly Buffer[]
  readonly held: string | undefined
  readonly want: 'valid' | 'unanchored' | 'tampered'
}

const ENTRY = Buffer.from('{"level":"info","msg":"forged"}\n')
const LINE = Buffer.from('{"@audit":"line","base64":"eA=="}\n')
const CUT = Buffer.from('{"@audit":"cut"}\n')

const joined = (...parts: readonly (Buffer | string | readonly Buffer[])[]): Buffer =>
  Buffer.concat(parts.flatMap((part) => (typeof part === 'string' ? [Buffer.from(part)] : part)))

/** A resume at the end of these bytes. */
function resumed(bytes: Buffer, damaged = 0, torn = 0): Buffer {
  const line = linesOf(bytes).length + 1
  const time = '2026-11-25T00:00:00.000Z'
  const rest = { cause: 'restart', known: line - 1, damaged, torn, lost: 0 }
  return joined(bytes, `${JSON.stringify({ '@audit': 'resume', line, time, ...rest })}\n`)
}

/** The writer opens these bytes, writes an entry and closes. */
async function goneOn(bytes: Buffer, options: Partial<AuditOptions> = {}): Promise<{ bytes: Buffer; note: string }> {
  const filePath = freshPath()
  fs.writeFileSync(filePath, bytes)
  const again = await makeFile(1, options, filePath)
  return again
}

async function sealCases(add: (...one: [string, readonly Buffer[], string | undefined, HardCase['want']]) => void) {
  const filePath = freshPath()
  const output = audit(filePath, OPTIONS)
  write(output, 'one')
  await output.rotate()
  write(output, 'two')
  await output.close()
  const note = output.lastCheckpoint
  const [first, second] = [fs.readFileSync(`${filePath}.000001`), fs.readFileSync(filePath)]
  const lines = linesOf(first)
  const [bare, checkpoint] = [joined(lines.slice(0, -1)), lines.at(-1)!]
  const seal = lines.length - 1

  add('a seal and its checkpoint', [first, second], note, 'valid')
  add('a seal without its checkpoint', [bare, second], note, 'valid')
  add('a seal that a resume undoes', [resumed(bare)], undefined, 'unanchored')
  for (const [name, line] of Object.entries({ entry: ENTRY, line: LINE, cut: CUT, 'empty line': Buffer.from('\n') })) {
    const after = joined(bare, line)
    for (const files of [
      [after],
      [after, second],
      [joined(after, checkpoint)],
      [joined(after, checkpoint), second],
      [resumed(after)],
      [joined(first, line), second],
      [joined(first, line)],
    ])
      add(`a seal and behind it the ${name}, ${files.length} files`, files, note, 'tampered')
  }
  const declared = resumed(joined(bare, LINE), seal + 1, LINE.length - 1)
  add('a whole line behind a seal that is called damage', [declared], undefined, 'tampered')
  for (const foreign of ['x', 'bytes that nobody wrote', checkpoint.toString('latin1', 0, 60)])
    add(`behind a seal the torn line ${foreign}, and another file`, [joined(bare, foreign), second], note, 'unanchored')
  add('behind a signed seal a torn line', [joined(first, 'x'), second], note, 'tampered')

  for (let size = 1; size < 14; size++) {
    const torn = joined(bare, checkpoint.subarray(0, size))
    for (const found of [torn, joined(torn, '\n')]) {
      const again = await goneOn(found)
      add(`a restart behind a seal and ${size} bytes of its checkpoint`, [again.bytes], again.note, 'valid')
      const third = await goneOn(again.bytes)
      add(`another restart behind that, ${size} bytes`, [third.bytes], third.note, 'valid')
    }
  }
  for (const rest of [
    [CUT, ENTRY],
    [CUT, ENTRY, LINE, ENTRY],
    [CUT, resumed(bare).subarray(bare.length), ENTRY],
    [CUT, lines[4], ENTRY, 'torn'],
    ['{"@aud\n', '{"@audit":"res'],
  ]) {
    const again = await goneOn(joined(bare, ...rest))
    add(`a restart behind a seal and ${joined(...rest).toString()}`, [again.bytes], again.note, 'valid')
    add('the same without the restart', [joined(bare, ...rest)], undefined, 'tampered')
  }
}

async function markCases(add: (...one: [string, readonly Buffer[], string | undefined, HardCase['want']]) => void) {
  // A signer that is out of reach leaves cuts that no checkpoint signs.
  let isReachable = true
  const key = {
    publicKey: KEY,
    sign: (message: Uint8Array): Uint8Array => {
      if (!isReachable) throw new Error('out of reach')
      return sign(null, message, KEY)
    },
  }
  const filePath = freshPath()
  const output = audit(filePath, { ...OPTIONS, key, checkpointEvery: 3 })
  isReachable = false
  for (let i = 0; i < 4; i++) write(output, `entry ${i}`)
  output.flushSync()
  const bytes = fs.readFileSync(filePath)
  const found = linesOf(bytes).findIndex((line) => line.includes('"reason":"lines"'))
  const right = linesOf(bytes).slice(0, found + 1)
  isReachable = true
  await output.close()
  const cut = JSON.parse(right[found].toString()) as { marks: string; line: number }
  const forged = (change: object): Buffer => joined(right.slice(0, found), `${JSON.stringify({ ...cut, ...change })}\n`)
  const others = Buffer.from(cut.marks, 'base64')
  others[0] ^= 1
  for (const [what, tail, isRight] of [
    ['right marks', joined(right), true],
    ['other marks', forged({ marks: others.toString('base64') }), false],
    ['no marks', forged({ marks: '' }), false],
    ['another line', forged({ line: cut.line + 1 }), false],
  ] as const) {
    add(`an unsigned cut with ${what}`, [tail], undefined, isRight ? 'unanchored' : 'tampered')
    add(`the same and a resume`, [resumed(tail)], undefined, isRight ? 'unanchored' : 'tampered')
    const again = await goneOn(tail)
    add(`a restart behind an unsigned cut with ${what}`, [again.bytes], again.note, isRight ? 'valid' : 'tampered')
  }
}

async function damageCases(add: (...one: [string, readonly Buffer[], string | undefined, HardCase['want']]) => void) {
  const { bytes, note } = await makeFile(9, { checkpointEvery: 4 })
  const lines = linesOf(bytes)
  const at = lines.findIndex((line) => line.includes('"@audit":"checkpoint"')) + 1
  const before = joined(lines.slice(0, at), CUT)
  const other = (await makeFile(30, { checkpointEvery: 100 })).bytes
  const stranger = (await makeFile(30, { checkpointEvery: 100, key: keyOf(3) })).bytes
  const voided = (...rest: Buffer[]): Buffer => resumed(joined(before, rest), at + 1)
  add('damage that a resume declares', [voided(ENTRY)], undefined, 'unanchored')
  add('lines that were signed, called damage', [voided(...lines.slice(at))], undefined, 'tampered')
  add('and held', [voided(...lines.slice(at))], note, 'tampered')
  add('a newer checkpoint, called damage', [voided(lines.at(-1)!)], undefined, 'tampered')
  add('one of another file, called damage', [voided(linesOf(other).at(-1)!)], undefined, 'tampered')
  add('one of another key', [voided(linesOf(stranger).at(-1)!)], undefined, 'unanchored')
  add('one that stood before', [voided(lines[at - 1])], undefined, 'unanchored')
  add('damage declared by the second resume', [resumed(voided(ENTRY).subarray(0), 3)], undefined, 'tampered')
  const nested = resumed(resumed(joined(before, ENTRY), at + 2), at + 1)
  add('damage with another resume in it', [nested], undefined, 'unanchored')
}

/** All of them. */
export async function hardCases(): Promise<HardCase[]> {
  const cases: HardCase[] = []
  const add = (what: string, files: readonly Buffer[], held: string | undefined, want: HardCase['want']): void => {
    cases.push({ what, files, held, want })
  }
  await sealCases(add)
  await markCases(add)
  await damageCases(add)
  return cases
}
