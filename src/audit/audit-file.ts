import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type AuditAlgorithm, digestOf, FORMAT } from './algorithm.js'
import { AuditError } from './audit-error.js'
import { Chain } from './chain.js'
import { checkpointHash, checkpointText, type CutReason } from './checkpoint.js'
import { keyLabel } from './checkpoint-note.js'
import { type AuditMetadata, type HeaderRecord, type PreviousFile, recordLine } from './record.js'
import { readTail, type Tail } from './tail.js'
import type { VerifierKey } from './verifier-key.js'

/** What a new file begins with. */
export interface FileStart {
  readonly algorithm: AuditAlgorithm
  readonly origin: string
  readonly sequence: number
  readonly key: VerifierKey
  readonly previous: PreviousFile | null
  readonly metadata: AuditMetadata
}

/** What a writer knew of a file when it let go of it. */
export interface KnownState {
  readonly lines: number
  readonly digest: Buffer
}

const NEWLINE = Buffer.from('\n')

/**
 * An open audit file: a descriptor, and the chain over what it holds. After any call that throws it is useless, and what
 * the disk has of it is found out by opening it again. A descriptor whose sync failed is never synced again.
 */
export class AuditFile {
  readonly header: HeaderRecord
  /** Bytes of the file, as far as it is written from here. */
  size: number
  /** Bytes that a sync covered. */
  syncedSize = 0
  /** The last checkpoint: the whole note. */
  lastNote: string | undefined
  /** Lines after the last cut that were written; and before it, where it is not signed. */
  uncovered: number
  /** Size of the file once that was written. */
  noteSize = 0
  /** Bytes of the write under way that are in the file. */
  written = 0
  /** Whether a sync is under way. */
  isSyncing = false
  private descriptor: number
  private readonly chain: Chain
  private previousHash: string
  private signedSize: number
  /** The chain before the write under way. */
  private before: { readonly lines: number; peek(): Buffer }

  private constructor(
    readonly path: string,
    descriptor: number,
    header: HeaderRecord,
    chain: Chain,
    size: number,
    last: Tail['last'],
  ) {
    this.descriptor = descriptor
    this.header = header
    this.chain = chain
    this.size = size
    this.lastNote = last?.note
    this.previousHash = last === undefined ? 'none' : checkpointHash(header.algorithm, last.text)
    this.signedSize = last?.size ?? 0
    this.uncovered = chain.lines - this.signedSize
    this.before = { lines: chain.lines, peek: () => chain.peek() }
  }

  get lines(): number {
    return this.chain.lines
  }

  get isOpen(): boolean {
    return this.descriptor >= 0
  }

  /** Makes a file that holds its header. It appears under its name whole, or not at all; an empty one is replaced. */
  static create(filePath: string, start: FileStart, mode: number): AuditFile {
    const { algorithm, origin, sequence, key, previous, metadata } = start
    const file = randomBytes(16).toString('hex')
    const time = new Date().toISOString()
    const header: HeaderRecord = {
      '@audit': 'header',
      format: FORMAT,
      algorithm,
      origin,
      file,
      sequence,
      time,
      key: key.text,
      previous,
      metadata,
    }
    const line = recordLine(header)
    const early = `${filePath}.${file.slice(0, 12)}`
    const { O_APPEND, O_CREAT, O_EXCL, O_RDWR, O_NOFOLLOW } = fs.constants
    const descriptor = fs.openSync(early, O_APPEND | O_CREAT | O_EXCL | O_RDWR | (O_NOFOLLOW ?? 0), mode)
    try {
      const made = new AuditFile(filePath, descriptor, header, new Chain(algorithm), 0, undefined)
      made.record(line)
      fs.fsyncSync(descriptor)
      fs.renameSync(early, filePath)
      syncFolder(dirname(filePath))
      made.syncedSize = made.size
      return made
    } catch (error) {
      fs.closeSync(descriptor)
      fs.rmSync(early, { force: true })
      throw error
    }
  }

  /**
   * Opens a file to go on with it. {@link resume} must follow, unless it is sealed.
   *
   * @param peekAt - Line after which the tail should tell the chain.
   */
  static open(filePath: string, keys: readonly VerifierKey[], peekAt = 0): { file: AuditFile; tail: Tail } {
    const { O_APPEND, O_RDWR, O_NOFOLLOW } = fs.constants
    const descriptor = fs.openSync(filePath, O_APPEND | O_RDWR | (O_NOFOLLOW ?? 0))
    try {
      if (!fs.fstatSync(descriptor).isFile()) throw new AuditError(`${filePath} is no file`, 'FORMAT')
      const tail = readTail(filePath, descriptor, keys, peekAt)
      return { file: new AuditFile(filePath, descriptor, tail.header, tail.chain, tail.size, tail.last), tail }
    } catch (error) {
      fs.closeSync(descriptor)
      throw error
    }
  }

  /** Writes down that the file was opened again, and what was found there. */
  resume(tail: Tail, cause: string, known: number, lost: number): void {
    const line = recordLine({
      '@audit': 'resume',
      line: this.chain.lines + 1,
      time: new Date().toISOString(),
      cause,
      known: Math.max(known, this.signedSize),
      damaged: tail.damaged,
      torn: tail.torn,
      lost,
    })
    this.mark()
    // In one write: a torn line that was ended and not declared would be an entry.
    this.putRecord(line, tail.isUnfinished ? NEWLINE : undefined)
  }

  /** Writes the newline that the last line lacks, and has the disk take it. */
  endLine(): void {
    this.put(NEWLINE, 0, 1)
    this.sync()
  }

  /** Appends lines, each ended by a newline. */
  append(bytes: Buffer, from: number, to: number): void {
    this.mark()
    for (let at = from; at < to;) {
      const end = bytes.indexOf(0x0a, at)
      this.chain.line(bytes, at, end)
      this.uncovered++
      at = end + 1
    }
    this.put(bytes, from, to)
  }

  /**
   * Ends the segment. Returns the text of the checkpoint that will sign it.
   *
   * @param key - Whose turn it is.
   */
  cut(reason: CutReason, key: VerifierKey, next?: VerifierKey): string {
    this.mark()
    const { chain, header } = this
    const line = recordLine({ '@audit': 'cut', line: chain.lines + 1, reason, marks: chain.marks.toBase64() })
    this.putRecord(line)
    chain.marks.cut()
    const head = chain.cut().toString('base64')
    this.uncovered = 0
    return checkpointText({
      origin: header.origin,
      size: chain.lines,
      head,
      algorithm: header.algorithm,
      file: header.file,
      sequence: header.sequence,
      bytes: chain.bytes,
      cut: digestOf(header.algorithm, 'cut', line),
      previous: this.previousHash,
      key: keyLabel(key),
      time: new Date().toISOString(),
      reason,
      next: next?.text,
    })
  }

  /** Where a seal was just cut: what the next file begins with. */
  static linkOf(header: HeaderRecord, text: string): PreviousFile {
    const [, size, head] = text.split('\n')
    return { file: header.file, lines: Number(size), head }
  }

  /** Writes the checkpoint of the last cut. */
  checkpoint(text: string, signatures: string): void {
    const note = `${text}\n${signatures}`
    this.record(recordLine({ '@audit': 'checkpoint', note }))
    this.uncovered--
    this.chain.marks.signed()
    this.previousHash = checkpointHash(this.header.algorithm, text)
    this.signedSize = Number(text.split('\n')[1])
    this.lastNote = note
    this.noteSize = this.size
  }

  /** Has the disk take everything written. */
  sync(): void {
    const { size } = this
    fs.fdatasyncSync(this.descriptor)
    this.syncedSize = size
  }

  /** The same, without waiting. */
  syncLater(done: (error: Error | null) => void): void {
    const { size, descriptor } = this
    this.isSyncing = true
    fs.fdatasync(descriptor, (error) => {
      this.isSyncing = false
      if (this.descriptor < 0) fs.closeSync(descriptor)
      if (error === null) this.syncedSize = Math.max(this.syncedSize, size)
      done(error)
    })
  }

  /**
   * Writes the bytes from here on again as they are read back. After a sync that failed the kernel may hold them for
   * written: they must be dirty again before a sync of this descriptor says anything about them.
   */
  rewriteFrom(from: number): void {
    const writer = fs.openSync(this.path, fs.constants.O_WRONLY | (fs.constants.O_NOFOLLOW ?? 0))
    try {
      const chunk = Buffer.allocUnsafe(65_536)
      for (let at = from; at < this.size;) {
        const read = fs.readSync(this.descriptor, chunk, 0, Math.min(chunk.length, this.size - at), at)
        if (read === 0) return
        for (let put = 0; put < read;) put += fs.writeSync(writer, chunk, put, read - put, at + put)
        at += read
      }
    } finally {
      fs.closeSync(writer)
    }
  }

  /** What is known of the file for certain: before the write that failed, or after all of them. */
  knownState(isWriteFailed: boolean): KnownState {
    return isWriteFailed
      ? { lines: this.before.lines, digest: this.before.peek() }
      : { lines: this.chain.lines, digest: this.chain.peek() }
  }

  close(): void {
    if (this.descriptor < 0) return
    const { descriptor } = this
    this.descriptor = -1
    // Its number must not become another file's while a sync of it is under way.
    if (!this.isSyncing) fs.closeSync(descriptor)
  }

  private record(line: Buffer): void {
    this.mark()
    this.putRecord(line)
  }

  private putRecord(line: Buffer, before: Buffer = Buffer.alloc(0)): void {
    this.chain.line(line, 0, line.length)
    this.uncovered++
    const whole = Buffer.concat([before, line, NEWLINE])
    this.put(whole, 0, whole.length)
  }

  private mark(): void {
    const segment = this.chain.save()
    this.before = { lines: this.chain.lines, peek: () => segment.digest() }
  }

  private put(bytes: Uint8Array, from: number, to: number): void {
    this.written = 0
    this.assertOurs()
    for (let at = from; at < to;) {
      const taken = fs.writeSync(this.descriptor, bytes, at, to - at)
      at += taken
      this.written += taken
      this.size += taken
    }
  }

  /** Somebody else's bytes, or missing ones, must not be signed unseen. */
  private assertOurs(): void {
    const stat = fs.fstatSync(this.descriptor)
    if (stat.size !== this.size)
      throw new AuditError(
        `${this.path} is ${stat.size} bytes long and should be ${this.size}: somebody else changed it`,
        'FOREIGN',
      )
    if (stat.nlink === 0) throw new AuditError(`${this.path} was removed`, 'FOREIGN')
  }
}

/** A rename holds through a loss of power only once its folder is on the disk. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = fs.openSync(folder, fs.constants.O_RDONLY)
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Names of a log's sealed files sort by their sequence. */
export function sealedPath(filePath: string, sequence: number): string {
  return `${filePath}.${String(sequence).padStart(6, '0')}`
}

/** The last of a log's sealed files, if there is one. */
export function lastSealedPath(filePath: string): string | undefined {
  const name = basename(filePath)
  const folder = dirname(filePath)
  const sealed = fs
    .readdirSync(folder)
    .filter((one) => one.startsWith(`${name}.`) && /^\.\d{6,}$/.test(one.slice(name.length)))
  const last = sealed.toSorted((a, b) => Number(a.slice(name.length + 1)) - Number(b.slice(name.length + 1))).at(-1)
  return last === undefined ? undefined : join(folder, last)
}
