// A second verifier, written from docs/audit-format.md alone: the whole file at once, no names for what is wrong. It
// shares no code with src/audit, so that a mistake there, or in the document, shows as a difference between the two.
import { createHash, createPublicKey, verify } from 'node:crypto'

export type SecondVerdict = 'valid' | 'unanchored' | 'tampered'

interface Rec {
  [member: string]: unknown
}

class Tampered extends Error {}

function rule(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Tampered(what)
}

const PREFIX = '7b22406175646974223a22'
const COUNT = /^(0|[1-9]\d{0,15})$/
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const ID = /^[0-9a-f]{32}$/
const REASONS = ['start', 'lines', 'time', 'request', 'close', 'seal', 'key']

/** Lines, and what follows the last newline. */
function split(file: Buffer): { lines: Buffer[]; torn: Buffer } {
  const lines: Buffer[] = []
  let from = 0
  for (let to = file.indexOf(10); to >= 0; to = file.indexOf(10, from)) {
    lines.push(file.subarray(from, to))
    from = to + 1
  }
  return { lines, torn: file.subarray(from) }
}

function isRecord(line: Buffer): boolean {
  return line.toString('hex', 0, 11) === PREFIX
}

const isB64 = (v: unknown): v is string => typeof v === 'string' && Buffer.from(v, 'base64').toString('base64') === v
const isNumber = (v: unknown): v is number => typeof v === 'number' && COUNT.test(String(v)) && v <= 2 ** 53 - 1
const isTime = (v: unknown): v is string =>
  typeof v === 'string' && TIME.test(v) && Number.isFinite(Date.parse(v)) && new Date(v).toISOString() === v
const isReason = (v: unknown): v is string => typeof v === 'string' && REASONS.includes(v)
const isText = (v: unknown, forbidden: RegExp): v is string =>
  typeof v === 'string' &&
  v.isWellFormed() &&
  Buffer.byteLength(v) >= 1 &&
  Buffer.byteLength(v) <= 255 &&
  !forbidden.test(v)
// oxlint-disable-next-line no-control-regex
const NO_NAME = /[\s+\u0000-\u001f\u0085\ufffd]/
const isName = (v: unknown): v is string => isText(v, NO_NAME)
const isNameText = (v: string): boolean => v.length > 0 && v.isWellFormed() && !NO_NAME.test(v)
// oxlint-disable-next-line no-control-regex
const isOrigin = (v: unknown): v is string => isText(v, /[\u0000-\u001f\ufffd]|^ |^—/)

interface Key {
  label: string
  text: string
  check(text: string, signature: Buffer): boolean
}

function keyFrom(text: unknown): Key | undefined {
  if (typeof text !== 'string') return undefined
  const [name, id, ...rest] = text.split('+')
  const typed = Buffer.from(rest.join('+'), 'base64')
  if (!isName(name) || typed.length !== 33 || typed[0] !== 1 || typed.toString('base64') !== rest.join('+'))
    return undefined
  const want = createHash('sha256').update(`${name}\n`).update(typed).digest('hex').slice(0, 8)
  if (id !== want) return undefined
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: typed.subarray(1).toString('base64url') },
    format: 'jwk',
  })
  return { label: `${name}+${id}`, text, check: (t, s) => verify(null, Buffer.from(t), key, s) }
}

/** The members of each kind of record, in order. */
const MEMBERS: Record<string, Record<string, (v: unknown) => boolean>> = {
  header: {
    format: (v) => v === 'wideline-audit/1',
    algorithm: (v) => v === 'sha256' || v === 'sha512',
    origin: isOrigin,
    file: (v) => typeof v === 'string' && ID.test(v),
    sequence: (v) => isNumber(v) && v >= 1,
    time: isTime,
    key: (v) => keyFrom(v) !== undefined,
    previous: () => true,
    metadata: (v) =>
      typeof v === 'object' &&
      v !== null &&
      !Array.isArray(v) &&
      Object.values(v).every((one) => ['string', 'number', 'boolean'].includes(typeof one)),
  },
  cut: { line: isNumber, reason: isReason, marks: (v) => isB64(v) && Buffer.from(v, 'base64').length % 4 === 0 },
  checkpoint: { note: (v) => noteFrom(v) !== undefined },
  resume: {
    line: isNumber,
    time: isTime,
    cause: (v) => typeof v === 'string' && /^[A-Za-z0-9_]{1,32}$/.test(v),
    known: isNumber,
    damaged: isNumber,
    torn: isNumber,
    lost: isNumber,
  },
  line: { base64: isB64 },
}

/** A well formed record, or undefined. */
function parse(line: Buffer): Rec | undefined {
  let record: Rec
  try {
    record = JSON.parse(line.toString('utf8')) as Rec
  } catch {
    return undefined
  }
  if (!Buffer.from(JSON.stringify(record)).equals(line)) return undefined
  const members = typeof record === 'object' ? MEMBERS[String(record['@audit'])] : undefined
  if (members === undefined || !Object.hasOwn(MEMBERS, String(record['@audit']))) return undefined
  if (Object.keys(record).join() !== ['@audit', ...Object.keys(members)].join()) return undefined
  if (!Object.entries(members).every(([name, fits]) => fits(record[name]))) return undefined
  if (record['@audit'] === 'resume' && record['torn'] !== 0 && record['damaged'] === 0) return undefined
  if (record['@audit'] === 'header') {
    const previous = record['previous'] as Rec | null
    if ((previous === null) !== (record['sequence'] === 1)) return undefined
    if (previous !== null) {
      if (Object.keys(previous).join() !== 'file,lines,head') return undefined
      if (!ID.test(String(previous['file'])) || !isNumber(previous['lines']) || !isB64(previous['head']))
        return undefined
    }
  }
  return record
}

interface Note {
  text: string
  lines: string[]
  signers: { label: string; signature: Buffer }[]
}

function noteFrom(note: unknown, isHeld = false): Note | undefined {
  if (typeof note !== 'string') return undefined
  const at = note.lastIndexOf('\n\n')
  if (at < 0) return undefined
  const text = note.slice(0, at + 1)
  const signers: Note['signers'] = []
  for (const line of note
    .slice(at + 2)
    .split('\n')
    .slice(0, -1)) {
    const parts = line.split(' ')
    const bytes = Buffer.from(parts[2] ?? '', 'base64')
    if (parts.length !== 3 || parts[0] !== '—' || !isNameText(parts[1]) || bytes.length <= 4) return undefined
    if (bytes.toString('base64') !== parts[2]) return undefined
    if (!isHeld && bytes.length !== 68) return undefined
    signers.push({ label: `${parts[1]}+${bytes.toString('hex', 0, 4)}`, signature: bytes.subarray(4) })
  }
  if (!note.endsWith('\n') || signers.length === 0) return undefined
  const lines = text.slice(0, -1).split('\n')
  const [origin, size, head, format, file, bytes, cut, previous, key, time, reason, next] = lines
  const algorithm = /^wideline-audit\/1 checkpoint (sha256|sha512)$/.exec(format ?? '')?.[1]
  const isDigest = (v = ''): boolean =>
    isB64(v) && Buffer.from(v, 'base64').length === (algorithm === 'sha512' ? 64 : 32)
  const after = (line: string | undefined, word: string): string =>
    line?.startsWith(`${word} `) === true ? line.slice(word.length + 1) : '?'
  const [id, sequence] = after(file, 'file').split(' ')
  const isWell =
    isOrigin(origin) &&
    COUNT.test(size ?? '') &&
    algorithm !== undefined &&
    isDigest(head) &&
    ID.test(id ?? '') &&
    file === `file ${id} ${sequence}` &&
    COUNT.test(sequence ?? '') &&
    COUNT.test(after(bytes, 'bytes')) &&
    isDigest(after(cut, 'cut')) &&
    (previous === 'previous none' || isDigest(after(previous, 'previous'))) &&
    isTime(after(time, 'time')) &&
    isReason(after(reason, 'reason')) &&
    lines.length === (reason === 'reason key' ? 12 : 11)
  if (!isWell) return undefined
  const nextKey = next === undefined ? undefined : keyFrom(after(next, 'next'))
  if (next !== undefined && nextKey === undefined) return undefined
  const wanted = [after(key, 'key'), ...(nextKey === undefined ? [] : [nextKey.label])]
  if (!/^[^+]+\+[0-9a-f]{8}$/.test(wanted[0]) || !isName(wanted[0].slice(0, -9))) return undefined
  if (!isHeld && signers.map(({ label }) => label).join() !== wanted.join()) return undefined
  return { text, lines, signers }
}

function fnv(line: Buffer): number {
  let mark = 2166136261n
  for (const byte of line) mark = ((mark ^ BigInt(byte)) * 16777619n) % 4294967296n
  return Number(mark)
}

interface End {
  origin: unknown
  sequence: number
  file: unknown
  key: string
  seal: { lines: number; head: string } | undefined
  held: boolean
  endsWithHeld: boolean
}

/** Verifies one file; throws where it is tampered with. Undefined: no complete line. */
function verifyOne(
  file: Buffer,
  trusted: Set<string>,
  held: Note | undefined,
  before: End | undefined,
): End | undefined {
  const { lines, torn } = split(file)
  if (lines.length === 0) return undefined
  rule(lines.every((line) => line.length <= 16_777_216) && torn.length <= 16_777_216, 'a line is too long')
  const header = isRecord(lines[0]) ? parse(lines[0]) : undefined
  rule(header !== undefined && header['@audit'] === 'header', 'no header')
  const algorithm = header['algorithm'] as string
  const hash = (domain: string, ...parts: (Buffer | string)[]): Buffer => {
    const one = createHash(algorithm).update(`wideline-audit/1 ${domain}\n`)
    for (const part of parts) one.update(part)
    return one.digest()
  }
  if (before !== undefined) {
    rule(before.seal !== undefined, 'the file before is not sealed')
    rule(header['origin'] === before.origin && header['sequence'] === before.sequence + 1, 'not the next file')
    const link = { file: before.file, lines: before.seal.lines, head: before.seal.head }
    rule(JSON.stringify(header['previous']) === JSON.stringify(link), 'the link is wrong')
    rule(header['key'] === before.key, 'the key changed between files')
  }

  const records: (Rec | undefined)[] = lines.map((line) =>
    isRecord(line) ? (parse(line) ?? { '@audit': '?' }) : undefined,
  )
  let key = keyFrom(header['key'])!
  let head = hash('start')
  let segmentFrom = 0
  let bytes = 0
  let signedSize = 0
  let lastText = ''
  let lastLine = 0
  let pending: { size: number; bytes: number; line: Buffer; head: Buffer; reason: unknown } | undefined
  let seal: End['seal']
  let isOver = false
  const end: End = {
    origin: header['origin'],
    sequence: header['sequence'] as number,
    file: header['file'],
    key: key.text,
    seal: undefined,
    held: false,
    endsWithHeld: false,
  }

  /** The resume that declares the damage which begins in line i; nothing that the writer signed may stand before it. */
  const declared = (i: number): number => {
    for (let j = i + 1; j < lines.length; j++) {
      const kind = records[j]?.['@audit']
      if (kind === 'resume' && records[j]!['damaged'] === i + 1) return j
      if (kind !== 'checkpoint') continue
      const note = noteFrom(records[j]!['note'])!
      const signs = (signer: number, by: Key): boolean => by.check(note.text, note.signers[signer].signature)
      const isTurn = note.lines[8] === `key ${key.label}` && trusted.has(key.text) && signs(0, key)
      const next = keyFrom(note.lines[11]?.slice('next '.length))
      if (isTurn && Number(note.lines[1]) > signedSize && (next === undefined || signs(1, next))) return -1
    }
    return -1
  }
  let damageEnd = -1
  let damageFrom = 0

  for (const [i, line] of lines.entries()) {
    bytes += line.length + 1
    if (i < damageEnd) continue
    const record = records[i]
    const number = i + 1
    const kind = record?.['@audit']
    rule(!isOver, 'something follows a signed seal')
    if (kind === '?' || (kind === undefined && seal !== undefined)) {
      damageEnd = declared(i)
      damageFrom = number
      rule(damageEnd > 0, 'damage that no resume declares')
      continue
    }
    rule(seal === undefined || kind === 'checkpoint' || kind === 'resume', 'something follows a seal')
    rule((kind === 'header') === (i === 0), 'a header elsewhere')
    if (kind === 'cut') {
      rule(record!['line'] === number, 'a cut with another line number')
      const wanted = lines.slice(signedSize, i)
      const marks = Buffer.alloc(wanted.length > 16_384 ? 0 : wanted.length * 4)
      if (marks.length > 0) for (const [j, one] of wanted.entries()) marks.writeUInt32BE(fnv(one), j * 4)
      rule(record!['marks'] === marks.toString('base64'), 'marks of other lines')
      const frames: Buffer[] = [head]
      for (const one of lines.slice(segmentFrom, number)) {
        const length = Buffer.alloc(4)
        length.writeUInt32BE(one.length)
        frames.push(length, one)
      }
      head = hash('segment', ...frames)
      segmentFrom = number
      pending = { size: number, bytes, line, head, reason: record!['reason'] }
      if (record!['reason'] === 'seal') seal = { lines: number, head: head.toString('base64') }
    } else if (kind === 'checkpoint') {
      const note = noteFrom(record!['note'])!
      rule(pending !== undefined, 'a checkpoint without a cut')
      const want = [
        header['origin'],
        pending.size,
        pending.head.toString('base64'),
        `wideline-audit/1 checkpoint ${algorithm}`,
        `file ${String(header['file'])} ${String(header['sequence'])}`,
        `bytes ${pending.bytes}`,
        `cut ${hash('cut', pending.line).toString('base64')}`,
        `previous ${lastText === '' ? 'none' : hash('checkpoint', lastText).toString('base64')}`,
        `key ${key.label}`,
      ]
      rule(note.lines.slice(0, 9).join('\n') === want.join('\n'), 'a checkpoint of something else')
      rule(note.lines[10] === `reason ${String(pending.reason)}`, 'a checkpoint with another reason')
      rule(trusted.has(key.text), 'a key that is not trusted')
      rule(key.check(note.text, note.signers[0].signature), 'a wrong signature')
      if (note.lines.length === 12) {
        const next = keyFrom(note.lines[11].slice('next '.length))!
        rule(next.check(note.text, note.signers[1].signature), 'a wrong signature of the next key')
        key = next
        trusted.add(next.text)
      }
      signedSize = pending.size
      lastText = note.text
      lastLine = number
      end.held ||= held?.text === note.text
      end.endsWithHeld =
        held?.text === note.text && number === lines.length && signedSize === number - 1 && torn.length === 0
      isOver = seal !== undefined
      pending = undefined
    } else if (kind === 'resume') {
      const known = record!['known'] as number
      const damaged = record!['damaged'] as number
      rule(record!['line'] === number && known < number && known >= signedSize, 'a resume that does not fit')
      const isTorn = i !== damageEnd && damaged === i && records[i - 1] === undefined && record!['torn'] !== 0
      rule(damaged === (i === damageEnd ? damageFrom : 0) || isTorn, 'damage where there is none')
      rule(damaged === 0 || damaged > signedSize, 'damage in what was signed')
      rule(record!['torn'] === 0 || record!['torn'] === lines[i - 1].length, 'a torn line of another length')
      pending = undefined
      seal = undefined
    }
  }
  rule(!isOver || torn.length === 0, 'something follows a signed seal')
  rule(lastLine <= lines.length, 'impossible')
  end.key = key.text
  end.seal = seal
  return end
}

/** Verifies the files of a log. */
export function secondVerify(
  files: readonly Buffer[],
  publicKeys: readonly string[],
  heldNote?: string,
): SecondVerdict {
  const trusted = new Set(publicKeys)
  try {
    const held = heldNote === undefined ? undefined : noteFrom(heldNote, true)
    rule(heldNote === undefined || held !== undefined, 'what is held is no checkpoint')
    let end: End | undefined
    let wasHeld = false
    for (const [i, file] of files.entries()) {
      const next = verifyOne(file, trusted, held, i === 0 ? undefined : (end ?? ({} as End)))
      rule(i === files.length - 1 || next?.seal !== undefined, 'not sealed, and another file follows')
      wasHeld ||= next?.held === true
      end = next
    }
    if (held === undefined) return 'unanchored'
    rule(wasHeld, 'the held checkpoint is not there')
    const isSigned = held.signers.some(({ label, signature }) =>
      [...trusted].some((text) => keyFrom(text)!.label === label && keyFrom(text)!.check(held.text, signature)),
    )
    rule(isSigned, 'the held checkpoint is not signed')
    const isTorn = files.some((file) => split(file).torn.length > 0)
    return end?.endsWithHeld === true && !isTorn ? 'valid' : 'unanchored'
  } catch (error) {
    if (error instanceof Tampered) return 'tampered'
    throw error
  }
}
