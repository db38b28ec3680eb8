import process from 'node:process'
import { isMainThread } from 'node:worker_threads'
import { ByteBuffer } from '../bytes/byte-buffer.js'
import { Level } from '../entry/level.js'
import type { OutputHost } from '../outputs/output.js'
import { AuditError } from './audit-error.js'
import { AuditLog } from './audit-log.js'
import type { AuditSettings } from './audit-options.js'
import type { AuditOutput, AuditStats } from './audit-output.js'
import { makeOneLine } from './one-line.js'
import type { AuditKey } from './signer.js'

/** Exit code of a process that ends because it cannot store its lines: EX_IOERR. */
const EXIT_CODE = 74
/** Time between attempts to open a file again that failed. */
const RECOVER_MS = 100
/** How long the end of the process waits for a file that takes nothing. */
const STALL_MS = 500
/** How long `close` waits for a signature. */
const SIGNATURE_MS = 10_000
const REPORT_MS = 1_000
/** A block grown past this is exchanged for a fresh one when it is empty. */
const MAX_KEPT_BYTES = 262_144

const sleepCell = new Int32Array(new SharedArrayBuffer(4))

interface Waiter {
  resolve(): void
  reject(problem: Error): void
}

/** Gathers lines for an {@link AuditLog} and decides what a failure means for the call that met it. */
export class AuditWriter implements AuditOutput {
  readonly isBuffered: boolean
  /** `fdatasync` runs on a thread of Node's own. The chain must be where the key and the caller are. */
  readonly worksBeside: boolean = true
  private readonly log: AuditLog
  private host: OutputHost | undefined = undefined
  /** Until a logger opens the output, a stand-in; then from that logger's pool. */
  private block = new ByteBuffer(1_024)
  /** Bytes of the block that are written, and bytes that are whole lines. */
  private head = 0
  private committed = 0
  private pending = 0
  private accepted = 0
  private written = 0
  private failed = 0
  private full = 0
  private bytes = 0
  /** Entries lost that the file does not tell of yet. */
  private lost = 0
  private nextTry = 0
  private lastReport = -Infinity
  /** Whether what fails now is the block. */
  private isAppending = false
  private isScheduled = false
  private isEnding = false
  private isClosed = false
  private hasExited = false
  private closing: Promise<void> | undefined = undefined
  private timer: NodeJS.Timeout | undefined = undefined
  private retry: NodeJS.Timeout | undefined = undefined
  private waiters: Waiter[] = []
  private early: unknown[] = []

  constructor(
    path: string,
    private readonly settings: AuditSettings,
  ) {
    this.isBuffered = settings.sync !== 'each'
    this.log = new AuditLog(path, settings, {
      report: (problem) => this.report(problem),
      onWritten: () => this.onWritten(),
      onFailed: (error) => this.onFailed(error),
    })
  }

  get verifierKey(): string {
    return this.log.verifierKey
  }

  get lastCheckpoint(): string | undefined {
    return this.log.lastNote
  }

  open(host: OutputHost): void {
    if (this.host !== undefined) return
    this.host = host
    for (const problem of this.early.splice(0)) host.report(problem)
    if (this.block.length === 0) this.block = host.pool.take()
  }

  begin(): ByteBuffer {
    this.block.length = this.committed
    return this.block
  }

  /** @throws AuditError with `onFailure: 'throw'`, when the line cannot be stored: it counts as not accepted. */
  commit(level: number): void {
    const { block, committed: start, settings } = this
    if (this.isClosed) {
      block.length = start
      this.accepted++
      this.failed++
      return
    }
    if (!makeOneLine(block, start)) {
      this.refuse(start, new AuditError('an entry is too long for an audit file', 'TOOLONG'))
      return
    }
    if (this.log.fault !== undefined && !this.recoverFor(start)) return
    this.accepted++
    this.pending++
    this.committed = block.length
    try {
      if (settings.sync === 'each' || this.isEnding) this.store()
      else if (
        level >= Level.warn ||
        this.committed - this.head >= settings.bufferSize ||
        this.log.uncovered + this.pending >= settings.checkpointEvery
      ) {
        this.drain()
        this.log.syncLater(this.onWritten)
      } else if (!this.isScheduled) this.schedule()
    } catch (error) {
      this.failFor(start, error)
    }
  }

  flush(): Promise<void> {
    if (this.isClosed) return this.closing ?? Promise.resolve()
    return this.settled()
  }

  /** @param limitMs - Given where the process is about to end: then the lines are signed too. */
  flushSync(limitMs?: number): void {
    const deadline = performance.now() + Math.min(STALL_MS, limitMs ?? STALL_MS)
    while (!this.isClosed) {
      try {
        if (this.log.fault === undefined || this.recover()) {
          this.drain()
          if (limitMs !== undefined || this.isEnding) this.log.checkpointIfDue('close')
          this.log.sync()
          return
        }
      } catch (error) {
        this.onFailed(error)
      }
      if (performance.now() >= deadline) return
      Atomics.wait(sleepCell, 0, 0, 10)
    }
  }

  endBuffering(): void {
    if (this.isClosed || this.isEnding) return
    this.isEnding = true
    this.flushSync()
    this.log.releaseLock()
  }

  async checkpoint(): Promise<string> {
    await this.settled()
    try {
      const note = await this.log.checkpoint('request')
      await this.settled()
      return note
    } catch (error) {
      throw this.asFault(error)
    }
  }

  async rotate(): Promise<void> {
    await this.settled()
    try {
      await this.log.rotate()
    } catch (error) {
      throw this.asFault(error)
    }
    await this.settled()
  }

  async rotateKey(key: AuditKey, keyId: string): Promise<void> {
    await this.settled()
    try {
      await this.log.rotateKey(key, keyId)
    } catch (error) {
      throw this.asFault(error)
    }
    await this.settled()
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeOnce())
  }

  stats(): AuditStats {
    const { accepted, written, pending, failed, full, bytes } = this
    return { accepted, written, pending, failed, dropped: { full }, bytes, ...this.log.stats() }
  }

  private async closeOnce(): Promise<void> {
    try {
      await this.settled()
      this.isClosed = true
      await within(SIGNATURE_MS, this.log.signing)
      this.log.checkpointIfDue('close')
      await within(SIGNATURE_MS, this.log.signing)
      this.log.sync()
    } finally {
      this.isClosed = true
      clearTimeout(this.timer)
      clearTimeout(this.retry)
      this.failed += this.pending
      this.pending = 0
      this.head = 0
      this.committed = 0
      this.host?.pool.give(this.block)
      this.block = new ByteBuffer(1_024)
      this.log.close()
    }
  }

  /** Writes what waits and has it on the disk before it returns. */
  private store(): void {
    this.drain()
    if (this.isEnding) this.log.checkpointIfDue('close')
    this.log.sync()
  }

  /** Writes what waits, and a checkpoint if it is time. */
  private drain(): void {
    const { block, head, committed } = this
    if (head < committed) {
      this.isAppending = true
      this.log.append(block.bytes, head, committed)
      this.isAppending = false
      this.bytes += committed - head
      this.written += this.pending
      this.pending = 0
      this.head = committed
    }
    if (block.length === committed) this.rewind()
    this.log.checkpointIfDue()
    if (this.log.uncovered > 0) this.timer ??= setTimeout(this.onTime, this.settings.checkpointMs).unref()
  }

  private rewind(): void {
    this.head = 0
    this.committed = 0
    this.block.length = 0
    if (this.host !== undefined && this.block.bytes.length > MAX_KEPT_BYTES) {
      this.host.pool.give(this.block)
      this.block = this.host.pool.take()
    }
  }

  private schedule(): void {
    setImmediate(this.onTurnEnd)
    // Not before: where the stack is full it throws.
    this.isScheduled = true
  }

  private readonly onTurnEnd = (): void => {
    this.isScheduled = false
    this.attempt(() => {
      this.drain()
      this.log.syncLater(this.onWritten)
    })
  }

  private readonly onTime = (): void => {
    this.timer = undefined
    this.attempt(() => {
      this.drain()
      this.log.checkpointIfDue('time')
      this.onWritten()
    })
  }

  /** Something was written or synced: what waits for that goes on. */
  private readonly onWritten = (): void => {
    if (this.isClosed || this.log.fault !== undefined) return
    if (!this.log.isSynced) {
      this.attempt(() => {
        if (this.settings.sync === 'each') this.log.sync()
        else this.log.syncLater(this.onWritten)
      })
      if (!this.log.isSynced) return
    }
    if (this.pending === 0) for (const waiter of this.waiters.splice(0)) waiter.resolve()
  }

  /** Settles when everything committed so far is stored. */
  private settled(): Promise<void> {
    if (this.isClosed) return Promise.reject(new AuditError('the audit output is closed', 'CLOSED'))
    try {
      if (this.log.fault !== undefined && !this.recover()) return Promise.reject(this.log.fault.error)
      this.drain()
      if (this.settings.sync === 'each') this.log.sync()
    } catch (error) {
      return Promise.reject(this.asFault(error))
    }
    if (this.log.isSynced) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.waiters.push({ resolve, reject })
      this.onWritten()
    })
  }

  /** Does what no call waits for. */
  private attempt(step: () => void): void {
    if (this.isClosed) return
    try {
      if (this.log.fault === undefined || this.recover()) step()
    } catch (error) {
      this.onFailed(error)
    }
  }

  /** The log is at fault, and a line wants to be stored. Returns whether it can be now. */
  private recoverFor(start: number): boolean {
    if (performance.now() >= this.nextTry && this.recover()) return true
    const { onFailure, maxPendingBytes } = this.settings
    if (onFailure === 'block' && this.waitForRecovery()) return true
    if (onFailure === 'mark' && this.block.length - this.head <= maxPendingBytes) {
      this.accepted++
      this.pending++
      this.committed = this.block.length
    } else if (onFailure === 'mark') {
      this.block.length = start
      this.full++
      this.lost++
    } else this.refuse(start, this.log.fault!.error)
    return false
  }

  /** The line that begins at `start` was being stored when this failed. */
  private failFor(start: number, error: unknown): void {
    const problem = this.giveUp(error)
    const { onFailure, sync } = this.settings
    if (onFailure === 'exit') this.exit()
    if (onFailure === 'block') this.waitForRecovery()
    if (onFailure !== 'throw') return
    // It waits still, as the last one, or it is written and not synced. In a batch that is nothing to throw for: the
    // next call will hear of it.
    if (this.pending > 0) {
      this.pending--
      this.committed = start
      this.block.length = start
    } else if (sync === 'each') this.written--
    else return
    this.accepted--
    throw problem
  }

  private refuse(start: number, problem: AuditError): void {
    this.block.length = start
    if (this.settings.onFailure === 'throw') throw problem
    this.accepted++
    this.failed++
    this.report(problem)
  }

  /** Something failed that no log call was waiting for. */
  private onFailed(error: unknown): void {
    this.giveUp(error)
    if (this.settings.onFailure === 'exit') this.exit()
  }

  /** The log let go of its file: counts what of the block is in it, and plans the next attempt. */
  private giveUp(error: unknown): AuditError {
    if (this.isAppending) this.countWritten()
    const problem = this.log.fail(error)
    this.report(problem)
    this.planRetry()
    for (const waiter of this.waiters.splice(0)) waiter.reject(problem)
    return problem
  }

  /** Whole lines of the block that reached the file will be found there; one that was torn is written again. */
  private countWritten(): void {
    this.isAppending = false
    const { bytes } = this.block
    const end = this.head + this.log.written
    for (let at = this.head; at < end;) {
      at = bytes.indexOf(0x0a, at) + 1
      if (at === 0 || at > end) return
      this.bytes += at - this.head
      this.head = at
      this.written++
      this.pending--
    }
  }

  private planRetry(): void {
    this.nextTry = performance.now() + RECOVER_MS
    this.retry ??= setTimeout(this.onRetry, RECOVER_MS).unref()
  }

  private readonly onRetry = (): void => {
    this.retry = undefined
    if (!this.isClosed && this.log.fault !== undefined) this.recover()
  }

  /** Opens the log anew and stores what waits. Returns whether all of that worked. */
  private recover(): boolean {
    if (!this.log.recover(this.lost)) {
      this.planRetry()
      return false
    }
    this.lost = 0
    try {
      this.log.start()
      this.drain()
      this.log.sync()
    } catch (error) {
      this.giveUp(error)
      return false
    }
    this.onWritten()
    return true
  }

  /** Holds the process until the log is well again; at the end of the process for a bounded time. */
  private waitForRecovery(): boolean {
    const deadline = this.isEnding ? performance.now() + STALL_MS : Infinity
    while (performance.now() < deadline) {
      Atomics.wait(sleepCell, 0, 0, RECOVER_MS)
      if (this.recover()) return true
    }
    return false
  }

  private exit(): void {
    if (this.hasExited) return
    this.hasExited = true
    // In a worker that would end the worker only.
    if (isMainThread) process.exit(EXIT_CODE)
    else process.kill(process.pid, 'SIGTERM')
  }

  /** A failure of what the application asked for, as it is thrown to it. */
  private asFault(error: unknown): unknown {
    if (error instanceof AuditError && error.code === 'SIGNER') return error
    this.onFailed(error)
    return this.log.fault?.error ?? error
  }

  private report(problem: unknown): void {
    const now = performance.now()
    if (now - this.lastReport < REPORT_MS) return
    this.lastReport = now
    if (this.host === undefined) this.early.push(problem)
    else this.host.report(problem)
  }
}

/** Waits for a promise for a bounded time. */
async function within(ms: number, promise: Promise<void> | undefined): Promise<void> {
  if (promise === undefined) return
  let timer: NodeJS.Timeout | undefined
  await Promise.race([
    promise,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms).unref()
    }),
  ])
  clearTimeout(timer)
}
