import fs from 'node:fs'
import path from 'node:path'
import { BlockInFile } from './block-in-file.js'
import type { Assignment, Channel, Flight, FlightDone } from './channel.js'
import type { FaultReports } from './fault-reports.js'
import { lineEnd, lineStart } from './line-ends.js'
import type { RotateRules } from './rotate-options.js'
import { Rotation } from './rotation.js'
import { endTornLine } from './torn-end.js'

/** How a file is opened, made safe and exchanged. */
export interface LogFileOptions {
  readonly fsync: 'never' | 'interval' | 'always'
  /** Milliseconds between syncs with `fsync: 'interval'`. */
  readonly fsyncIntervalMs: number
  readonly mkdir: boolean
  readonly mode: number
  readonly rotate: RotateRules | undefined
  readonly reopenOn: NodeJS.Signals | undefined
}

/** How often the path is looked at: somebody may have renamed or deleted the file, or its folder. */
const LOOK_EVERY_MS = 500
const NEWLINE = 0x0a
const NO_BYTES = Buffer.alloc(0)
/** With less room than this a file is exchanged before another thread is sent there. */
const MIN_ROOM = 512

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR, O_WRONLY } = fs.constants

/**
 * A file that lines are appended to. Opened at once, so that a process that dies in its first turn has it; a symbolic
 * link is refused. It follows its path: where that leads elsewhere (renamed, deleted, rotated by another process) the
 * file is opened anew, between two lines.
 */
export class LogFile implements Channel {
  readonly label: string
  readonly isTerminal = false
  private readonly filePath: string
  private readonly rotation: Rotation | undefined
  private current = -1
  private identity: Pick<fs.Stats, 'dev' | 'ino'> = { dev: 0, ino: 0 }
  private isRegular = false
  private isReadable = false
  private size = 0
  private isAtLineStart = true
  private isReopenDue = false
  private nextLook = 0
  private isDirty = false
  private syncTimer: NodeJS.Timeout | undefined = undefined
  private syncing: Promise<void> | undefined = undefined
  private syncProblem: Error | undefined = undefined
  private isInFlight = false
  private isShared = false
  private lastAssigned = -1
  /** Exchanged, and still to be written to by another thread. */
  private retired: number[] = []
  /** One of them, which ends within a line. */
  private begunIn: number | undefined = undefined

  constructor(
    givenPath: string,
    private readonly options: LogFileOptions,
    /** Told about faults that no write tells of. */
    private readonly faults: FaultReports,
  ) {
    this.label = `file ${givenPath}`
    this.filePath = path.resolve(givenPath)
    if (options.rotate !== undefined) {
      const report = (error: unknown): void => faults.report(error, 'rotate')
      const isShared = (): boolean => this.retired.length > 0
      this.rotation = new Rotation(this.filePath, options.rotate, options.mode, isShared, report)
    }
    this.open()
    if (options.reopenOn !== undefined) process.on(options.reopenOn, this.onSignal)
  }

  get isFile(): boolean {
    return this.isReadable
  }

  get fsync(): LogFileOptions['fsync'] {
    return this.options.fsync
  }

  share(): void {
    this.isShared = true
  }

  unshare(begunIn: number | undefined): void {
    this.isShared = false
    this.isAtLineStart = begunIn !== this.current
    if (begunIn !== undefined && this.retired.includes(begunIn)) this.begunIn = begunIn
    this.closeRetired(new Set([begunIn]))
    if (this.isRegular) this.size = fs.fstatSync(this.current).size
  }

  assign(inUse: ReadonlySet<number>, least: number): Assignment {
    try {
      if (this.retired.length > 0) this.closeRetired(inUse)
      this.prepare(NO_BYTES, 0, 0)
      const { rotation } = this
      const isFull = rotation !== undefined && this.size + Math.max(least, MIN_ROOM) > rotation.maxBytes
      if (isFull && this.isAtLineStart && this.size > 0) this.exchange(rotation)
    } catch (error) {
      // The descriptor stays as it is; whoever writes to it will hear more.
      this.faults.report(error, 'reopen')
    }
    const room = this.rotation === undefined ? Infinity : this.rotation.maxBytes - this.size
    this.lastAssigned = this.current
    return { descriptor: this.current, room: room > 0 ? room : Infinity, isGone: this.isRegular && this.isReopenDue }
  }

  isAssignmentDue(): boolean {
    if (!this.isRegular || !this.isAtLineStart) return false
    if (this.isReopenDue || this.current !== this.lastAssigned || performance.now() >= this.nextLook) return true
    return this.rotation?.isOver(this.size) === true
  }

  assigned(bytes: number, isWholeLine = true): void {
    this.size += bytes
    this.isDirty = true
    this.isAtLineStart = isWholeLine
  }

  write(bytes: Uint8Array, from: number, to: number): number {
    // Whoever writes now has seen the last flight land, if there was one.
    this.isInFlight = false
    if (this.begunIn !== undefined) return this.finishLine(this.begunIn, bytes, from, lineEnd(bytes, from, to))
    const end = this.prepare(bytes, from, to)
    const written = this.append(bytes, from, end)
    this.count(bytes, from + written, written)
    if (this.options.fsync === 'always') {
      try {
        fs.fdatasyncSync(this.current)
        this.isDirty = false
      } catch (error) {
        // The bytes are written: to write them again would double them.
        this.syncProblem = error as Error
        this.faults.report(error, 'sync')
      }
    } else if (this.options.fsync === 'interval') this.syncTimer ??= this.planSync()
    return written
  }

  start(bytes: Uint8Array, from: number, to: number, done: FlightDone): Flight | undefined {
    if (!this.isReadable || this.options.fsync === 'always' || this.begunIn !== undefined) return undefined
    this.isInFlight = false
    if (this.prepare(bytes, from, to) < to || !this.isAtLineStart) return undefined
    const descriptor = this.current
    const flight = new BlockInFile(descriptor, bytes, from, to)
    this.isInFlight = true
    fs.write(descriptor, bytes, from, to - from, null, (error, written) => {
      this.isInFlight = false
      if (written < to - from) this.isAtLineStart = written === 0 || bytes[from + written - 1] === NEWLINE
      done(error, written)
    })
    // Counted as whole: where it falls short, the next look at the file tells its size.
    this.count(bytes, to, to - from)
    if (this.options.fsync === 'interval') this.syncTimer ??= this.planSync()
    return flight
  }

  /** Only a pipe's end is for good: a file can be opened anew. */
  isFinal(code: string): boolean {
    return code === 'EPIPE'
  }

  async sync(): Promise<void> {
    await this.syncing
    if (this.options.fsync === 'interval' && this.isDirty) await this.syncBeside()
    const problem = this.syncProblem
    this.syncProblem = undefined
    if (problem !== undefined) throw problem
  }

  syncNow(): void {
    if (this.options.fsync === 'never' || !this.isDirty) return
    fs.fdatasyncSync(this.current)
    this.isDirty = false
  }

  async close(): Promise<void> {
    if (this.options.reopenOn !== undefined) process.off(this.options.reopenOn, this.onSignal)
    clearTimeout(this.syncTimer)
    await this.syncing
    this.closeRetired(new Set())
    if (this.current >= 0) fs.closeSync(this.current)
    this.current = -1
    await this.rotation?.close()
  }

  /**
   * Sees to it that the next bytes go where they belong: opens the file anew or exchanges it, where that is due.
   *
   * @returns up to where they may be written to the file that is open then.
   * @throws the system's error where there is no file to write to.
   */
  private prepare(bytes: Uint8Array, from: number, to: number): number {
    const now = performance.now()
    if (now >= this.nextLook || this.isReopenDue) this.look(now)
    const { rotation } = this
    if (rotation === undefined || !this.isRegular) return to
    if (this.isAtLineStart && rotation.isOver(this.size)) this.exchange(rotation)
    if (this.size + to - from <= rotation.maxBytes) return to
    return this.fit(rotation, bytes, from, to)
  }

  private append(bytes: Uint8Array, from: number, to: number): number {
    try {
      return fs.writeSync(this.current, bytes, from, to - from)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // Closed behind our back, or its server has forgotten it. The number may be another file's by now.
      if (code === 'EBADF') this.current = -1
      if (code === 'EBADF' || code === 'ESTALE') this.isReopenDue = true
      throw error
    }
  }

  /** Writes the rest of a line where its beginning is: to a file that was exchanged since. */
  private finishLine(descriptor: number, bytes: Uint8Array, from: number, end: number): number {
    try {
      const written = fs.writeSync(descriptor, bytes, from, end - from)
      if (from + written === end) this.forgetBegun()
      return written
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // It is gone, and must not keep the lines behind it.
      if (code === 'EBADF' || code === 'ESTALE') this.forgetBegun()
      throw error
    }
  }

  private forgetBegun(): void {
    this.begunIn = undefined
    this.closeRetired(new Set())
  }

  /** Up to where whole lines fit the file; exchanges it where none does. */
  private fit(rotation: Rotation, bytes: Uint8Array, from: number, to: number): number {
    const first = lineEnd(bytes, from, to)
    if (this.isAtLineStart && this.size > 0 && this.size + first - from > rotation.maxBytes) this.exchange(rotation)
    // No rotation is possible now: the lines are worth more than the bound.
    if (this.size >= rotation.maxBytes) return to
    const most = from + rotation.maxBytes - this.size
    if (most >= to) return to
    return Math.max(first, lineStart(bytes, from, most))
  }

  private exchange(rotation: Rotation): void {
    if (rotation.isWaiting || this.isInFlight) return
    const fresh = rotation.rotate(this.openNew, this.isInUse)
    if (fresh !== undefined) this.adopt(fresh)
    else if (!this.isInUse()) this.reopen()
  }

  /** Whether the path still leads to the open file is looked at now and then, between lines. */
  private look(now: number): void {
    if (!this.isRegular || this.isInFlight) return
    // Half a line is finished where it was begun, unless that is gone.
    if (!this.isAtLineStart && this.current >= 0) return
    this.nextLook = now + LOOK_EVERY_MS
    if (this.isReopenDue || !this.isInUse()) this.reopen()
    // Another thread's bytes are counted and may not be there yet.
    else if (!this.isShared) this.size = fs.fstatSync(this.current).size
  }

  private readonly isInUse = (): boolean => {
    const usesSymlink = this.rotation?.usesSymlink === true
    let stat: fs.Stats | undefined
    try {
      stat = (usesSymlink ? fs.statSync : fs.lstatSync)(this.filePath, { throwIfNoEntry: false })
    } catch {
      // A folder that is a file now, say: the path leads nowhere, and opening it tells why.
    }
    return stat !== undefined && stat.ino === this.identity.ino && stat.dev === this.identity.dev
  }

  private reopen(): void {
    try {
      this.open()
      this.isReopenDue = false
    } catch (error) {
      // Lines in a file that nobody can reach any more would be lost without a word.
      this.isReopenDue = this.current < 0 || fs.fstatSync(this.current).nlink === 0
      if (this.isReopenDue) throw error
      this.faults.report(error, 'reopen')
    }
  }

  private open(): void {
    if (this.options.mkdir) fs.mkdirSync(path.dirname(this.filePath), { recursive: true, mode: 0o750 })
    const made = this.rotation?.usesSymlink === true ? this.rotation.findActive(this.openNew) : undefined
    this.adopt(made ?? this.openThere(this.rotation?.active ?? this.filePath))
  }

  private readonly openNew = (newPath: string): number =>
    fs.openSync(newPath, O_APPEND | O_CREAT | O_EXCL | O_RDWR, this.options.mode)

  /** For reading too, where that is allowed: then a block can be written beside the program. */
  private openThere(target: string): number {
    const flags = O_APPEND | O_CREAT | (O_NOFOLLOW ?? 0) // which Windows does not know
    const stat = fs.lstatSync(target, { throwIfNoEntry: false })
    if (stat !== undefined && !stat.isFile()) return fs.openSync(target, flags | O_WRONLY, this.options.mode)
    try {
      return fs.openSync(target, flags | O_RDWR, this.options.mode)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
      return fs.openSync(target, flags | O_WRONLY, this.options.mode)
    }
  }

  /** Goes on with another descriptor. */
  private adopt(descriptor: number): void {
    let stat: fs.Stats
    try {
      stat = fs.fstatSync(descriptor)
      this.isReadable = stat.isFile() && canRead(descriptor)
      if (stat.isFile() && stat.size > 0) endTornLine(descriptor, this.isReadable, this.filePath)
    } catch (error) {
      fs.closeSync(descriptor)
      throw error
    }
    const old = this.current
    this.current = descriptor
    this.identity = { dev: stat.dev, ino: stat.ino }
    this.isRegular = stat.isFile()
    this.size = stat.size
    this.isAtLineStart = true
    this.nextLook = performance.now() + LOOK_EVERY_MS
    if (old >= 0 && this.isShared) this.retired.push(old)
    else if (old >= 0) this.letGo(old)
    this.rotation?.opened(stat.size, stat.mtimeMs)
  }

  private closeRetired(inUse: ReadonlySet<number | undefined>): void {
    const { retired } = this
    this.retired = retired.filter((descriptor) => inUse.has(descriptor))
    for (const descriptor of retired) if (!inUse.has(descriptor)) this.letGo(descriptor)
  }

  private letGo(descriptor: number): void {
    try {
      // A sync that is under way may come too late for it.
      if (this.options.fsync !== 'never' && (this.isDirty || this.syncing !== undefined)) fs.fdatasyncSync(descriptor)
    } catch (error) {
      this.faults.report(error, 'sync')
    }
    this.isDirty = false
    try {
      fs.closeSync(descriptor)
    } catch (error) {
      this.faults.report(error, 'close')
    }
  }

  private count(bytes: Uint8Array, end: number, written: number): void {
    if (written === 0) return
    this.size += written
    this.isDirty = true
    this.isAtLineStart = bytes[end - 1] === NEWLINE
  }

  private planSync(): NodeJS.Timeout {
    return setTimeout(() => {
      this.syncTimer = undefined
      void this.syncBeside().catch((error: unknown) => this.faults.report(error, 'sync'))
    }, this.options.fsyncIntervalMs).unref()
  }

  private syncBeside(): Promise<void> {
    const { current } = this
    if (current < 0 || !this.isDirty) return Promise.resolve()
    this.isDirty = false
    return (this.syncing ??= new Promise<void>((resolve, reject) => {
      fs.fdatasync(current, (error) => {
        this.syncing = undefined
        // A file that was exchanged meanwhile has been synced when it was let go.
        if (error === null || error.code === 'EBADF') resolve()
        else {
          this.isDirty = true
          reject(error)
        }
      })
    }))
  }

  private readonly onSignal = (): void => {
    this.isReopenDue = true
    try {
      this.look(performance.now())
    } catch (error) {
      this.faults.report(error, 'reopen')
    }
  }
}

function canRead(descriptor: number): boolean {
  try {
    fs.readSync(descriptor, Buffer.alloc(1), 0, 1, 0)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBADF') return false
    throw error
  }
}
