import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { callback, checkOptions, type Rule } from '../options/check.js'
import { OptionError } from '../options/option-error.js'
import { parseCheckpoint } from './checkpoint.js'
import type { FileEnd } from './file-report.js'
import { FileVerifier } from './file-verifier.js'
import type { AuditProblem } from './problem.js'
import { parseNote, type SignedNote, verifyNote } from './signed-note.js'
import { readTrustedKeys, type TrustedKeys } from './trust.js'
import type { AuditFileReport, AuditVerdict, AuditVerdictName } from './verdict.js'
import { parseVerifierKey } from './verifier-key.js'

/** How far a verification is. */
export interface AuditProgress {
  /** Bytes read, and bytes of all files. */
  readonly bytes: number
  /** Bytes of all files. */
  readonly total: number
  /** Lines read. */
  readonly lines: number
}

/** Options of {@link verifyAudit}. */
export interface VerifyOptions {
  /** Keys that are trusted, as verifier keys or by their key ids. At least one. */
  readonly publicKeys: TrustedKeys
  /** A checkpoint that was kept where the writer of the file could not change it: the whole note. */
  readonly lastCheckpoint?: string
  /** Told a few times a second. */
  readonly onProgress?: (progress: AuditProgress) => void
}

const READ_BYTES = 1_048_576
const PROGRESS_MS = 100

const anything: Rule = { expected: 'trusted keys', accepts: () => true }
const noteRule: Rule = {
  expected: 'a signed checkpoint of an audit file',
  accepts: (value) => typeof value === 'string' && readHeld(value) !== undefined,
}

/**
 * Verifies an audit file, of any size, in bounded memory. Strict: what it does not know is a fault.
 *
 * @param path - The file, or the files of a rotated log in their order.
 * @returns a verdict, also for a file that cannot be read.
 * @throws OptionError when an option is wrong.
 * @example
 * const { verdict, problems } = await verifyAudit('audit.log', { publicKeys: { 'shop-2026': pem }, lastCheckpoint })
 */
export async function verifyAudit(path: string | readonly string[], options: VerifyOptions): Promise<AuditVerdict> {
  const checked = checkOptions<VerifyOptions>('verifyAudit', options, {} as VerifyOptions, {
    publicKeys: anything,
    lastCheckpoint: noteRule,
    onProgress: callback,
  })
  const trusted = readTrustedKeys(checked.publicKeys, 'verifyAudit.publicKeys')
  const paths = typeof path === 'string' ? [path] : path
  if (!Array.isArray(paths) || paths.length === 0 || paths.some((one) => typeof one !== 'string'))
    throw new OptionError('verifyAudit path', 'a path, or paths', path)
  return new LogVerification(paths, trusted, checked).run()
}

class LogVerification {
  private readonly problems: AuditProblem[] = []
  private readonly files: AuditFileReport[] = []
  private readonly held: SignedNote | undefined
  private readonly onProgress: ((progress: AuditProgress) => void) | undefined
  private total = 0
  private done = 0
  private lines = 0
  private told = 0

  constructor(
    private readonly paths: readonly string[],
    private readonly trusted: Set<string>,
    options: VerifyOptions,
  ) {
    this.held = options.lastCheckpoint === undefined ? undefined : readHeld(options.lastCheckpoint)
    this.onProgress = options.onProgress
  }

  async run(): Promise<AuditVerdict> {
    const handles: FileHandle[] = []
    try {
      const sizes: number[] = []
      for (const path of this.paths) {
        const opened = await openForReading(path)
        handles.push(opened.handle)
        sizes.push(opened.size)
        this.total += opened.size
      }
      let before: FileEnd | undefined
      for (const [i, handle] of handles.entries()) before = await this.verifyFile(i, handle, sizes[i], before)
    } catch (error) {
      const path = error instanceof UnreadableError ? error.path : this.paths[this.files.length]
      this.problem('unreadable', path, messageOf(error))
      return this.verdict('unreadable', messageOf(error))
    } finally {
      for (const handle of handles) await handle.close()
    }
    return this.judge()
  }

  private async verifyFile(
    index: number,
    handle: FileHandle,
    size: number,
    before: FileEnd | undefined,
  ): Promise<FileEnd | undefined> {
    const path = this.paths[index]
    const verifier = new FileVerifier(path, this.trusted, this.held?.text, before)
    await this.readAll(path, handle, size, verifier)
    const end = verifier.end()
    this.problems.push(...verifier.problems)
    const isLast = index === this.paths.length - 1
    if (!isLast && verifier.problems.length === 0 && end?.seal === undefined)
      this.problem('link', path, `${path} is not sealed, and another file follows it`)
    this.files.push(reportOf(path, verifier, size))
    this.lines += verifier.lines
    return end
  }

  private async readAll(path: string, handle: FileHandle, size: number, verifier: FileVerifier): Promise<void> {
    const chunk = Buffer.allocUnsafe(Math.min(READ_BYTES, Math.max(size, 1)))
    // Up to its size at the beginning: a file that is being written is verified as it was then.
    for (let at = 0; at < size;) {
      const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, size - at), at)
      if (bytesRead === 0) throw new UnreadableError(path, `${path} became shorter while it was read`)
      at += bytesRead
      this.done += bytesRead
      const goesOn = verifier.push(chunk.subarray(0, bytesRead))
      this.tell(verifier, this.done === this.total)
      if (!goesOn) {
        this.done += size - at
        return
      }
    }
  }

  private tell(verifier: FileVerifier, isEnd: boolean): void {
    if (this.onProgress === undefined) return
    const now = performance.now()
    if (!isEnd && now - this.told < PROGRESS_MS) return
    this.told = now
    this.onProgress({ bytes: this.done, total: this.total, lines: this.lines + verifier.lines })
  }

  private judge(): AuditVerdict {
    const heldIn = this.files.findIndex((file) => file.heldCheckpointLine > 0)
    if (this.held !== undefined && (heldIn < 0 || !this.isHeldTrusted(this.held))) {
      const last = this.files[this.files.length - 1]
      const { file } = parseCheckpoint(this.held.text)!
      const isHere = this.files.some((one) => one.file === file)
      const why = isHere ? 'it was cut, replaced or continued from an older state' : `it is of file ${file}`
      this.problem('held-checkpoint', last.path, `the held checkpoint is not in the file: ${why}`)
    }
    if (this.problems.length > 0) return this.verdict('tampered', this.problems[0].message)
    const last = this.files[this.files.length - 1]
    if (this.held === undefined)
      return this.verdict(
        'unanchored',
        `${this.tailText(last)}; no checkpoint was given to tell whether lines were cut from the end`,
      )
    const isEnd =
      heldIn === this.files.length - 1 &&
      last.heldCheckpointLine === last.lines &&
      last.signedLines === last.lines - 1 &&
      last.tornBytes === 0
    if (!isEnd)
      return this.verdict('unanchored', `${this.tailText(last)}; the held checkpoint is older than the end of the file`)
    const torn = this.files.find((file) => file.tornBytes > 0)
    if (torn !== undefined)
      return this.verdict('unanchored', `${torn.path} ends with ${torn.tornBytes} bytes that nothing signs`)
    const ofFiles = heldIn === 0 ? '' : ` of ${this.files.length} files`
    const file = heldIn === 0 ? 'file' : 'last file'
    return this.verdict(
      'valid',
      `all ${this.lines} lines${ofFiles} are signed, and the ${file} ends with the held checkpoint`,
    )
  }

  /** How far the log is signed, in words. */
  private tailText(last: AuditFileReport): string {
    const tail = tailText(last)
    const before = this.files.length - 1
    if (before === 0) return tail
    const files = before === 1 ? 'the file' : `the ${before} files`
    return `all ${this.lines - last.lines} lines of ${files} before ${last.path} are signed; of it ${tail}`
  }

  /** A held checkpoint may carry signatures of others; one of ours must be good. */
  private isHeldTrusted(held: SignedNote): boolean {
    return held.signatures.some((signature) =>
      [...this.trusted].some((text) => verifyNote(held.text, parseVerifierKey(text)!, signature)),
    )
  }

  private problem(kind: AuditProblem['kind'], file: string, message: string): void {
    this.problems.push({ kind, file, line: 0, lastLine: 0, message })
  }

  private verdict(verdict: AuditVerdictName, reason: string): AuditVerdict {
    return { verdict, reason, problems: this.problems, files: this.files }
  }
}

/** What stands behind the last checkpoint, in words. */
function tailText(file: AuditFileReport): string {
  if (file.signedLines === 0) return 'nothing is signed'
  const unsigned = file.lines - file.signedLines - (file.lastCheckpointLine > 0 ? 1 : 0)
  const torn = file.tornBytes > 0 ? ` and ${file.tornBytes} bytes of an unfinished one` : ''
  const tail = unsigned > 0 || torn !== '' ? `, ${unsigned} after that are not${torn}` : ''
  return `lines 1 to ${file.signedLines} are signed${tail}`
}

function reportOf(path: string, verifier: FileVerifier, bytes: number): AuditFileReport {
  const { header, last } = verifier
  return {
    path,
    origin: header?.origin,
    file: header?.file,
    sequence: header?.sequence,
    metadata: header?.metadata,
    bytes,
    lines: verifier.lines,
    checkpoints: verifier.checkpoints,
    isSealed: verifier.isSealed,
    signedLines: verifier.signedLines,
    tornBytes: verifier.tornBytes,
    lastCheckpoint: last?.note,
    lastCheckpointLine: last?.line ?? 0,
    heldCheckpointLine: verifier.heldLine,
    restarts: verifier.restarts,
    restartCount: verifier.restartCount,
    lostEntries: verifier.lost,
    clockSteps: verifier.clockSteps,
  }
}

function readHeld(note: string): SignedNote | undefined {
  const parsed = parseNote(note)
  return parsed === undefined || parseCheckpoint(parsed.text) === undefined ? undefined : parsed
}

class UnreadableError extends Error {
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message)
  }
}

async function openForReading(path: string): Promise<{ handle: FileHandle; size: number }> {
  try {
    // A fifo would wait for its writer without this.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const stat = await handle.stat()
    if (stat.isFile()) return { handle, size: stat.size }
    await handle.close()
  } catch (error) {
    throw new UnreadableError(path, `${path} cannot be read: ${messageOf(error)}`)
  }
  throw new UnreadableError(path, `${path} is no file`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
