import type { Hash } from 'node:crypto'
import { digestOf } from './algorithm.js'
import { Chain, MAX_LINE_BYTES, updateFramed } from './chain.js'
import { checkpointHash } from './checkpoint.js'
import { type CheckpointNote, keyLabel, parseCheckpointNote } from './checkpoint-note.js'
import { nameDamage } from './damage.js'
import type { AuditRestart, FileEnd } from './file-report.js'
import { LineSplitter } from './line-splitter.js'
import { marksFrom } from './marks.js'
import { type AuditProblem, type AuditProblemKind, linesText } from './problem.js'
import {
  type CheckpointRecord,
  type CutRecord,
  type HeaderRecord,
  isRecordLine,
  parseRecord,
  type ResumeRecord,
} from './record.js'
import { verifyNote } from './signed-note.js'
import { parseVerifierKey, type VerifierKey } from './verifier-key.js'

/** Problems and restarts told one by one; more are counted. */
const MAX_TOLD = 1_000

/** A cut that no checkpoint signed yet. */
interface PendingCut {
  readonly record: CutRecord
  readonly line: number
  readonly bytes: number
  readonly hash: string
  readonly head: string
  /** Marks of the lines before it: since the last signed cut, and since the last cut. */
  readonly sinceSigned: Int32Array
  readonly sinceCut: Int32Array
  readonly hasRightMarks: boolean
}

/** Where the writer may have died: from the first malformed line on, nothing may count. */
interface Damage {
  readonly from: number
  /** The chain as it is if no line from there on is read as a record. */
  readonly segment: Hash
  /** What was told up to there. */
  readonly problems: number
  readonly restarts: number
  readonly restartCount: number
  readonly lost: number
}

/** Verifies one file of a log, line by line, by the rules of docs/audit-format.md. Holds one line and some marks. */
export class FileVerifier {
  header: HeaderRecord | undefined = undefined
  readonly problems: AuditProblem[] = []
  readonly restarts: AuditRestart[] = []
  checkpoints = 0
  restartCount = 0
  /** Entries lost in faults, by what the file says. */
  lost = 0
  /** The last good checkpoint, and its line. */
  last:
    | {
        readonly note: string
        readonly text: string
        readonly line: number
        readonly size: number
        readonly cutLine: number
      }
    | undefined
  /** Line of the checkpoint that was held, 0 where it was not found. */
  heldLine = 0
  /** Line of the seal, 0 while there is none. */
  sealLine = 0
  tornBytes = 0
  private sealHead = ''
  private chain: Chain | undefined = undefined
  private key: VerifierKey | undefined = undefined
  private pending: PendingCut | undefined = undefined
  private damage: Damage | undefined = undefined
  private isOver = false
  /** Time of the last record that tells one, and how often it was earlier than the one before. */
  private lastTime = ''
  clockSteps = 0
  /** How many lines and bytes more (or less) there are up to here than were signed. */
  private lineDrift = 0
  private byteDrift = 0
  private previousLength = 0
  private wasRecord = false
  private readonly splitter: LineSplitter

  constructor(
    /** As problems name it. */
    private readonly name: string,
    /** Texts of keys that are trusted. Keys that those introduce are added. */
    private readonly trusted: Set<string>,
    /** Text of the checkpoint that is held. */
    private readonly heldText: string | undefined,
    /** Given where the file is verified behind another. */
    private readonly before: FileEnd | undefined,
  ) {
    this.splitter = new LineSplitter((bytes, from, to) => this.take(bytes, from, to))
  }

  /** Whether nothing may follow: the seal is signed. */
  get isSealed(): boolean {
    return this.sealLine > 0 && this.pending === undefined
  }

  /** Lines, as they are numbered now, that a good checkpoint covers. */
  get signedLines(): number {
    return this.last?.cutLine ?? 0
  }

  get lines(): number {
    return this.chain?.lines ?? 0
  }

  /** Takes the next bytes. Returns false when nothing after them can matter. */
  push(chunk: Buffer): boolean {
    if (!this.isOver && !this.splitter.push(chunk)) {
      const line = this.lines + 1
      this.problem('line-too-long', line, line, `line ${line} is longer than ${MAX_LINE_BYTES} bytes`)
      this.isOver = true
    }
    return !this.isOver
  }

  /** The file ends here. */
  end(): FileEnd | undefined {
    this.tornBytes = this.splitter.rest.length
    const { header } = this
    if (this.tornBytes > 0 && this.isSealed && !this.isOver) this.afterSeal(this.lines + 1)
    if (this.damage === undefined) this.leaveUnsigned()
    if (header === undefined || this.key === undefined) return undefined
    const { origin, file, sequence } = header
    const seal = this.sealLine > 0 ? { lines: this.sealLine, head: this.sealHead } : undefined
    return { origin, file, sequence, seal, key: this.key.text }
  }

  private take(bytes: Uint8Array, from: number, to: number): void {
    if (this.isOver) return
    const { chain } = this
    if (chain === undefined) {
      this.takeHeader(bytes, from, to)
      return
    }
    const isRecord = isRecordLine(bytes, from, to)
    if (this.isSealed) this.afterSeal(chain.lines + 1)
    else if (isRecord) this.takeRecord(chain, bytes, from, to)
    else {
      // The first bytes of a checkpoint look like this.
      if (this.sealLine > 0 && this.damage === undefined)
        this.malformed(chain, chain.lines + 1, this.behindSeal(chain.lines + 1), 'order')
      this.add(chain, bytes, from, to)
    }
    this.previousLength = to - from
    this.wasRecord = isRecord
  }

  private add(chain: Chain, bytes: Uint8Array, from: number, to: number): void {
    if (this.damage !== undefined) updateFramed(this.damage.segment, bytes, from, to)
    chain.line(bytes, from, to)
  }

  private takeHeader(bytes: Uint8Array, from: number, to: number): void {
    const record = isRecordLine(bytes, from, to) ? parseRecord(bytes.subarray(from, to)) : undefined
    if (record === undefined || record['@audit'] !== 'header') {
      this.problem('header', 1, 1, 'line 1 is no header of an audit file of this version')
      this.isOver = true
      return
    }
    this.header = record
    this.key = parseVerifierKey(record.key)
    this.lastTime = record.time
    this.chain = new Chain(record.algorithm)
    this.chain.line(bytes, from, to)
    this.previousLength = to - from
    this.wasRecord = true
    this.checkLink(record)
  }

  private checkLink(header: HeaderRecord): void {
    const { before } = this
    if (before === undefined) return
    const { previous } = header
    const isNext =
      before.seal !== undefined &&
      header.origin === before.origin &&
      header.sequence === before.sequence + 1 &&
      header.key === before.key &&
      previous !== null &&
      previous.file === before.file &&
      previous.lines === before.seal.lines &&
      previous.head === before.seal.head
    if (!isNext)
      this.problem('link', 1, 1, `the file does not follow the one before it, ${before.file} (${before.sequence})`)
  }

  private takeRecord(chain: Chain, bytes: Uint8Array, from: number, to: number): void {
    const line = bytes.subarray(from, to)
    const number = chain.lines + 1
    const record = parseRecord(line)
    switch (record?.['@audit']) {
      case 'cut':
        this.takeCut(chain, record, line, number)
        return
      case 'checkpoint':
        this.takeCheckpoint(chain, record, line, number)
        return
      case 'resume':
        this.takeResume(chain, record, number)
        break
      case 'header':
        this.problem('order', number, number, `line ${number} is a second header`)
        break
      case 'line':
        if (this.sealLine > 0) this.problem('order', number, number, this.behindSeal(number))
        break
      case undefined:
        this.malformed(chain, number, `line ${number} is a malformed or unknown record`, 'record')
        break
    }
    this.add(chain, line, 0, line.length)
  }

  /** Where the writer died here, a resume tells so later: until then it is only suspect. */
  private malformed(chain: Chain, line: number, message: string, kind: AuditProblemKind): void {
    if (this.damage === undefined) {
      const { restartCount, lost } = this
      this.leaveUnsigned()
      const [problems, restarts] = [this.problems.length, this.restarts.length]
      this.damage = { from: line, segment: chain.save(), problems, restarts, restartCount, lost }
    }
    this.problem(kind, line, line, message)
  }

  /** Nothing from there on was what it looked like. */
  private forget(chain: Chain, damage: Damage): void {
    this.problems.length = damage.problems
    this.restarts.length = damage.restarts
    this.restartCount = damage.restartCount
    this.lost = damage.lost
    chain.restore(damage.segment)
    this.damage = undefined
    this.pending = undefined
  }

  /** What no checkpoint vouches for must at least be true. */
  private leaveUnsigned(): void {
    const { pending } = this
    if (pending === undefined) return
    const { record, line, hasRightMarks } = pending
    if (record.line + this.lineDrift !== line) this.wrongLine(record, line)
    // They count from the last cut that was signed: where that is in doubt, they say nothing more.
    if (!hasRightMarks && this.problems.length === 0) this.wrongMarks(line)
  }

  private takeCut(chain: Chain, record: CutRecord, line: Uint8Array, number: number): void {
    const { header } = this
    if (this.sealLine > 0) this.problem('order', number, number, this.behindSeal(number))
    this.leaveUnsigned()
    const sinceSigned = chain.marks.sinceSigned()
    const sinceCut = chain.marks.sinceLastCut()
    const hasRightMarks = chain.marks.toBase64() === record.marks
    this.add(chain, line, 0, line.length)
    chain.marks.cut()
    const head = chain.cut().toString('base64')
    const hash = digestOf(header!.algorithm, 'cut', line)
    this.pending = { record, line: number, bytes: chain.bytes, hash, head, sinceSigned, sinceCut, hasRightMarks }
    if (record.reason !== 'seal') return
    this.sealLine = number
    this.sealHead = head
  }

  private takeCheckpoint(chain: Chain, record: CheckpointRecord, line: Uint8Array, number: number): void {
    const note = parseCheckpointNote(record.note)
    if (note === undefined) {
      const isStripped = !record.note.includes('\n\n— ')
      this.malformed(
        chain,
        number,
        isStripped
          ? `the checkpoint in line ${number} has no signature`
          : `the checkpoint in line ${number} is malformed`,
        isStripped ? 'signature-missing' : 'record',
      )
    } else if (this.isSigned(note, number)) this.takeSigned(chain, note, record.note, number)
    this.add(chain, line, 0, line.length)
  }

  private isSigned(note: CheckpointNote, number: number): boolean {
    const { key } = this
    const { checkpoint, signatures, next } = note
    if (key === undefined || checkpoint.key !== keyLabel(key)) {
      const whose = key === undefined ? 'none' : keyLabel(key)
      this.problem(
        'foreign-key',
        number,
        number,
        `the checkpoint in line ${number} is signed by ${checkpoint.key}, and it is the turn of ${whose}`,
      )
      return false
    }
    if (!this.trusted.has(key.text)) {
      this.problem(
        'foreign-key',
        number,
        number,
        `the checkpoint in line ${number} is signed by ${checkpoint.key}, which is not trusted`,
      )
      return false
    }
    const isRight =
      verifyNote(note.text, key, signatures[0]) && (next === undefined || verifyNote(note.text, next, signatures[1]))
    if (!isRight) this.problem('signature', number, number, `the signature in line ${number} does not verify`)
    return isRight
  }

  /** A checkpoint that the key did sign: whether it signs what is here. */
  private takeSigned(chain: Chain, note: CheckpointNote, full: string, number: number): void {
    const { pending, header, last } = this
    const { checkpoint, text } = note
    const isOfThisFile =
      checkpoint.origin === header!.origin &&
      checkpoint.algorithm === header!.algorithm &&
      checkpoint.file === header!.file &&
      checkpoint.sequence === header!.sequence
    const isThisCut = pending !== undefined && pending.hash === checkpoint.cut
    const isOld = checkpoint.size <= (last?.size ?? 0)
    // No resume may call damaged what was signed.
    if (!isOld) this.damage = undefined
    if (!isOfThisFile && !isThisCut) {
      this.problem(
        'checkpoint-replayed',
        number,
        number,
        `the checkpoint in line ${number} is of another file, ${checkpoint.file}`,
      )
      return
    }
    if (isOld) {
      const where = `stood before, in line ${last?.line ?? 1} or earlier`
      this.problem('checkpoint-replayed', number, number, `the checkpoint in line ${number} ${where}`)
      return
    }
    if (!isOfThisFile) this.problem('header', 1, 1, `the header is not that of the file that line ${number} signs`)
    if (pending === undefined) {
      this.problem(
        'cut-missing',
        number,
        number,
        `the cut that the checkpoint in line ${number} signs is missing before it`,
      )
      chain.marks.cut()
    }
    const isGood = pending !== undefined && this.isWhatWasSigned(pending, note, number, isThisCut) && isOfThisFile
    // Signed by the key: from here on its word counts, so that what follows is judged by itself.
    if (!isGood) {
      chain.continueFrom(Buffer.from(checkpoint.head, 'base64'))
      const cutLine = pending?.line ?? number - 1
      this.lineDrift = cutLine - checkpoint.size
      this.byteDrift = (pending?.bytes ?? chain.bytes) - checkpoint.bytes
    }
    chain.marks.signed()
    this.pending = undefined
    this.checkpoints++
    this.tellTime(checkpoint.time)
    this.last = { note: full, text, line: number, size: checkpoint.size, cutLine: checkpoint.size + this.lineDrift }
    if (isGood && text === this.heldText) this.heldLine = number
    if (note.next !== undefined) {
      this.key = note.next
      this.trusted.add(note.next.text)
    }
  }

  private isWhatWasSigned(pending: PendingCut, note: CheckpointNote, number: number, isThisCut: boolean): boolean {
    const { checkpoint } = note
    const { record, line } = pending
    if (!isThisCut) {
      this.problem(
        'lines-changed',
        line,
        line,
        `line ${line}, the cut that line ${number} signs, changed after being signed`,
      )
      return false
    }
    if (checkpoint.head !== pending.head) {
      this.nameLines(pending)
      return false
    }
    const before = this.problems.length
    const size = checkpoint.size + this.lineDrift
    const bytes = checkpoint.bytes + this.byteDrift
    const previous = this.last === undefined ? 'none' : checkpointHash(checkpoint.algorithm, this.last.text)
    if (
      size !== line ||
      bytes !== pending.bytes ||
      checkpoint.reason !== record.reason ||
      checkpoint.previous !== previous
    )
      this.problem('record', number, number, `the checkpoint in line ${number} does not describe what it signs`)
    if (record.line !== checkpoint.size) this.wrongLine(record, line)
    if (!pending.hasRightMarks) this.wrongMarks(line)
    return this.problems.length === before
  }

  /** The head is not the one that was signed: which lines are it? */
  private nameLines(pending: PendingCut): void {
    const want = marksFrom(pending.record.marks)
    const isNearer =
      Math.abs(want.length - pending.sinceCut.length) < Math.abs(want.length - pending.sinceSigned.length)
    const got = isNearer ? pending.sinceCut : pending.sinceSigned
    const first = pending.line - got.length
    const last = pending.line - 1
    if (want.length === 0) {
      const from = (this.last?.line ?? 0) + 1
      this.problem('lines-changed', from, last, `something in ${linesText(from, last)} changed after being signed`)
      return
    }
    // Lines that are gone, or too many, and not among those that the marks are of: whole segments.
    const gone = pending.record.line + this.lineDrift - pending.line - (want.length - got.length)
    if (gone !== 0) {
      const text = gone > 0 ? `${gone} lines are missing` : `${-gone} lines are inserted`
      this.problem(gone > 0 ? 'lines-missing' : 'lines-inserted', first, first, `${text} before line ${first}`)
      return
    }
    const damages = nameDamage(want, got, first)
    for (const { kind, line, lastLine, message } of damages) {
      const isToldAlready = line === lastLine && this.problems.some((problem) => problem.line === line)
      if (!isToldAlready) this.problem(kind, line, lastLine, message)
    }
    if (this.problems.length === 0)
      this.problem('lines-changed', first, last, `something in ${linesText(first, last)} changed after being signed`)
  }

  private takeResume(chain: Chain, record: ResumeRecord, number: number): void {
    const { damage, last } = this
    const damaged = record.damaged + this.lineDrift
    if (record.damaged > 0 && damage?.from === damaged) this.forget(chain, damage)
    else {
      const isTornEntry = damage === undefined && damaged === number - 1 && record.torn > 0 && !this.wasRecord
      if (record.damaged > 0 && !isTornEntry)
        this.problem('record', number, number, `line ${number} tells of damage in line ${damaged}, where there is none`)
      this.leaveUnsigned()
      this.pending = undefined
    }
    // A seal that was not signed when the writer died is none.
    this.sealLine = 0
    this.tellTime(record.time)
    const isRight =
      record.line + this.lineDrift === number &&
      record.known < record.line &&
      record.known >= (last?.size ?? 0) &&
      (record.torn === 0 || record.torn === this.previousLength) &&
      (record.damaged === 0 || record.damaged > (last?.size ?? 0))
    if (!isRight) this.problem('record', number, number, `line ${number}, a restart, does not describe what is there`)
    this.restartCount++
    this.lost += record.lost
    if (this.restarts.length >= MAX_TOLD) return
    const found = Math.max(record.known + this.lineDrift, last?.line ?? 0) + 1
    const hasFound = found < number
    this.restarts.push({
      line: number,
      time: record.time,
      cause: record.cause,
      foundFrom: hasFound ? found : 0,
      foundTo: hasFound ? number - 1 : 0,
      damaged: record.damaged === 0 ? 0 : record.damaged + this.lineDrift,
      torn: record.torn,
      lost: record.lost,
    })
  }

  /** Clocks are set back without any ill will: told, and no problem. */
  private tellTime(time: string): void {
    if (time < this.lastTime) this.clockSteps++
    this.lastTime = time
  }

  private afterSeal(line: number): void {
    this.problem('order', line, line, this.behindSeal(line))
    this.isOver = true
  }

  private behindSeal(line: number): string {
    return `line ${line} stands behind the seal in line ${this.sealLine}`
  }

  private wrongMarks(line: number): void {
    this.problem('record', line, line, `the marks in line ${line} are not those of its lines`)
  }

  private wrongLine(record: CutRecord, line: number): void {
    this.problem('record', line, line, `the cut in line ${line} says it is line ${record.line}`)
  }

  private problem(kind: AuditProblemKind, line: number, lastLine: number, message: string): void {
    if (this.problems.length < MAX_TOLD) this.problems.push({ kind, file: this.name, line, lastLine, message })
  }
}
