import type { AuditSettings } from './audit-options.js'
import { AuditError, codeOf } from './audit-error.js'
import { AuditFile, type KnownState } from './audit-file.js'
import { Checkpointer } from './checkpointer.js'
import type { CutReason } from './checkpoint.js'
import { WriterLock } from './lock.js'
import { createNext, type LogSettings, moveAside, openLog } from './open-log.js'
import { type AuditKey, toNoteSigner } from './signer.js'

/** Why nothing can be written at present, and what is known of the file. */
export interface Fault {
  readonly error: AuditError
  readonly file: string
  readonly known: KnownState
  unsyncedFrom: number
}

/** What the log tells its output, outside of any call. */
export interface LogListener {
  report(problem: unknown): void
  /** Something was written that should be synced. */
  onWritten(): void
  /** A write or a sync failed. */
  onFailed(error: unknown): void
}

/**
 * A log open for writing: its file, its lock, its checkpoints. Whatever fails ends the descriptor; the log goes on by the
 * same door as after a restart, so that what is on the disk is read and not believed.
 */
export class AuditLog {
  /** Set while nothing can be written: only {@link recover} may be called then. */
  fault: Fault | undefined = undefined
  private file: AuditFile
  private readonly lock: WriterLock
  private readonly checkpoints: Checkpointer
  private published: string | undefined = undefined
  /** What is under way, for the case that it fails. */
  private isSyncStep = false

  /** Opens the log. @throws what {@link openLog} throws, and AuditError when another writer has it. */
  constructor(
    private readonly path: string,
    private readonly settings: AuditSettings,
    private readonly listener: LogListener,
  ) {
    const { signer, previousSigner } = settings
    this.lock = WriterLock.take(path)
    let opened: AuditFile | undefined
    try {
      const { file, needsHandOver, aside } = openLog(this.logSettings(signer.key, previousSigner?.key))
      opened = file
      this.tellAside(aside)
      this.file = file
      this.checkpoints = new Checkpointer(
        needsHandOver ? previousSigner! : signer,
        (problem) => listener.report(problem),
        (one, error) => this.onLateCheckpoint(one, error),
      )
      if (needsHandOver) this.checkpoints.next = signer
      this.start()
    } catch (error) {
      opened?.close()
      this.lock.release()
      throw error
    }
  }

  get verifierKey(): string {
    return this.checkpoints.key.text
  }

  get lastNote(): string | undefined {
    return this.file.lastNote
  }

  /** Lines that no cut ended yet. */
  get uncovered(): number {
    return this.file.uncovered
  }

  get isSynced(): boolean {
    return this.settings.sync === 'never' || (!this.file.isSyncing && this.file.syncedSize === this.file.size)
  }

  /** Bytes that the last {@link append} wrote. */
  get written(): number {
    return this.file.written
  }

  stats(): {
    lines: number
    fileBytes: number
    syncedBytes: number
    checkpoints: number
    unsignedLines: number
    isFailing: boolean
  } {
    const { lines, size, syncedSize, uncovered } = this.file
    return {
      lines,
      fileBytes: size,
      syncedBytes: syncedSize,
      checkpoints: this.checkpoints.count,
      unsignedLines: uncovered,
      isFailing: this.fault !== undefined,
    }
  }

  /** Writes lines, each ended by a newline. */
  append(bytes: Buffer, from: number, to: number): void {
    this.file.append(bytes, from, to)
  }

  /** Makes a checkpoint if it is time for one, or, with a reason, if there is anything to sign; then rotates if it is time. */
  checkpointIfDue(reason?: CutReason): void {
    const { file, checkpoints, settings } = this
    if (!checkpoints.isReady) return
    const isDue = reason === undefined ? file.uncovered >= settings.checkpointEvery : file.uncovered > 0
    if (file.size >= settings.rotateBytes && file.lines > 3) this.rotateNow()
    else if (isDue) checkpoints.make(file, reason ?? 'lines')
    if (settings.sync === 'never') this.publish(this.file)
  }

  /** Has the disk take what is written, if it should. */
  sync(): void {
    if (this.settings.sync === 'never' || this.file.syncedSize === this.file.size) return
    this.isSyncStep = true
    this.file.sync()
    this.isSyncStep = false
    this.publish(this.file)
  }

  /** The same in the background; tells when it is done, or that it failed. */
  syncLater(done: () => void): void {
    const { file } = this
    if (file.isSyncing || this.isSynced) return
    file.syncLater((error) => {
      if (error !== null) {
        this.failSync(file, error)
        return
      }
      if (file.isOpen) this.publish(file)
      done()
    })
  }

  /** Lets go of the file after an error, and keeps what is known of it. */
  fail(error: unknown): AuditError {
    const { file, isSyncStep } = this
    this.isSyncStep = false
    const problem =
      error instanceof AuditError ? error : new AuditError(`${this.path}: ${messageOf(error)}`, codeOf(error), error)
    this.fault = {
      error: problem,
      file: file.header.file,
      known: file.knownState(!isSyncStep),
      unsyncedFrom: isSyncStep ? file.syncedSize : Infinity,
    }
    file.close()
    return problem
  }

  /**
   * Opens the log anew after a fault.
   *
   * @param lost - Entries lost meanwhile.
   * @returns whether that worked.
   */
  recover(lost: number): boolean {
    const fault = this.fault!
    const { known, unsyncedFrom, file: id } = fault
    try {
      const recovery = { cause: fault.error.code, file: id, known, unsyncedFrom, lost }
      const { file, isKnown, missing, aside } = openLog(this.logSettings(this.checkpoints.key, undefined), recovery)
      this.file = file
      this.fault = undefined
      this.tellAside(aside)
      if (!isKnown)
        this.listener.report(
          new AuditError(`${this.path} changed while it could not be written; ${missing} lines are gone`, 'FOREIGN'),
        )
      return true
    } catch (error) {
      this.listener.report(error)
      return false
    }
  }

  /** After {@link recover} or at the start: the first checkpoint, on the disk. */
  start(): void {
    if (this.checkpoints.isReady) this.checkpoints.make(this.file, 'start')
    if (this.settings.sync === 'never') this.publish(this.file)
    else this.sync()
  }

  /** Signs everything up to now. @throws AuditError when that cannot be. */
  async checkpoint(reason: CutReason): Promise<string> {
    await this.checkpoints.signing
    this.checkpoints.hasFailed = false
    if (this.file.uncovered > 0 || this.file.lastNote === undefined || this.checkpoints.next !== undefined)
      this.checkpoints.make(this.file, reason)
    await this.checkpoints.signing
    if (this.checkpoints.hasFailed || this.file.lastNote === undefined)
      throw new AuditError(`${this.path}: the checkpoint could not be signed`, 'SIGNER')
    return this.file.lastNote
  }

  async rotateKey(key: AuditKey, keyId: string): Promise<void> {
    const next = toNoteSigner(key, keyId, 'rotateKey')
    await this.checkpoints.signing
    this.checkpoints.next = next
    await this.checkpoint('key')
  }

  async rotate(): Promise<void> {
    await this.checkpoints.signing
    this.rotateNow()
    await this.checkpoints.signing
  }

  /** While a signature is awaited. */
  get signing(): Promise<void> | undefined {
    return this.checkpoints.signing
  }

  /** Lets go of everything. */
  close(): void {
    this.file.close()
    this.releaseLock()
  }

  /** The process ends: whoever comes next need not find out that the lock is stale. */
  releaseLock(): void {
    this.lock.release()
  }

  private rotateNow(): void {
    const { file: old, checkpoints, settings } = this
    const text = checkpoints.make(old, 'seal')
    this.sync()
    moveAside(this.path, old.header.sequence)
    this.file = createNext(
      this.logSettings(checkpoints.key, undefined),
      old.header,
      AuditFile.linkOf(old.header, text),
      checkpoints.key,
    )
    if (checkpoints.signing === undefined) {
      this.retire(old)
      this.start()
    } else {
      // Its signature comes later; the next file's header vouches for it already.
      void checkpoints.signing.then(() => this.retire(old))
    }
    if (settings.sync === 'never') this.publish(this.file)
  }

  private retire(old: AuditFile): void {
    if (!old.isOpen) return
    try {
      if (this.settings.sync !== 'never') old.sync()
      this.publish(old)
    } catch (error) {
      this.listener.report(error)
    } finally {
      old.close()
    }
  }

  private onLateCheckpoint(file: AuditFile, error: unknown): void {
    // That of a sealed file is seen to by who sealed it.
    if (file !== this.file) {
      if (error !== undefined) this.listener.report(error)
    } else if (error !== undefined) this.listener.onFailed(error)
    else {
      if (this.settings.sync === 'never') this.publish(file)
      this.listener.onWritten()
    }
  }

  private failSync(file: AuditFile, error: Error): void {
    if (this.fault !== undefined) {
      // The file was given up already: now it is known that its last bytes are doubtful too.
      this.fault.unsyncedFrom = Math.min(this.fault.unsyncedFrom, file.syncedSize)
      return
    }
    this.isSyncStep = true
    if (file !== this.file && file.header.file === this.file.header.file)
      this.file.syncedSize = Math.min(this.file.syncedSize, file.syncedSize)
    this.listener.onFailed(error)
  }

  /** Hands the last checkpoint on, once it is on the disk. */
  private publish(file: AuditFile): void {
    const { lastNote } = file
    const { onCheckpoint, sync } = this.settings
    if (lastNote === undefined || lastNote === this.published) return
    if (sync !== 'never' && file.syncedSize < file.noteSize) return
    this.published = lastNote
    try {
      const given = onCheckpoint?.(lastNote)
      if (given instanceof Promise) given.catch((error: unknown) => this.listener.report(error))
    } catch (error) {
      this.listener.report(error)
    }
  }

  private tellAside(aside: string | undefined): void {
    if (aside === undefined) return
    const what = `held half a header and nothing else: it is ${aside} now, and a new file was begun`
    this.listener.report(new AuditError(`${this.path} ${what}`, 'TORN'))
  }

  private logSettings(key: LogSettings['key'], previousKey: LogSettings['previousKey']): LogSettings {
    const { algorithm, origin, metadata, mode, mkdir } = this.settings
    return { path: this.path, algorithm, origin, metadata, mode, mkdir, key, previousKey }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
