import fs from 'node:fs'
import path from 'node:path'
import { Compression } from './compression.js'
import { applyRetention } from './retention.js'
import { RotatedNames } from './rotated-names.js'
import { periodEnd, type RotateRules } from './rotate-options.js'
import { withLock } from './rotation-lock.js'
import { sleepSync } from './sleep.js'
import { ticks } from './timers.js'

/** After a rotation that failed, or that another process was at, the next attempt waits this long. */
const FAILED_WAIT_MS = 1_000
const LOCKED_WAIT_MS = 100
/** How long opening waits for another process that is rotating: it takes a millisecond, as a rule. */
const OPEN_WAIT_MS = 1_000

/** Opens a new file, for appending; it must not exist. */
type OpenNew = (newPath: string) => number

/**
 * Exchanges the file in use for a fresh one, atomically: at every moment the path leads to one of the two. One process
 * at a time does it; the others notice that the path leads elsewhere.
 */
export class Rotation {
  private readonly names: RotatedNames
  private readonly compression: Compression | undefined
  private readonly lockPath: string
  private activePath: string
  private periodEnd = Infinity
  /** When the period was looked at last, by a clock that may be set back. */
  private seenAt = 0
  private notBefore = 0

  constructor(
    private readonly filePath: string,
    private readonly rules: RotateRules,
    mode: number,
    /** Whether another thread still writes to files that were rotated. */
    isWrittenTo: () => boolean,
    private readonly report: (error: unknown) => void,
  ) {
    this.names = new RotatedNames(filePath)
    this.lockPath = `${filePath}.lock`
    this.activePath = filePath
    if (rules.compress === 'gzip')
      this.compression = new Compression(this.names, () => this.activePath, isWrittenTo, mode, report)
  }

  get maxBytes(): number {
    return this.rules.maxBytes
  }

  get usesSymlink(): boolean {
    return this.rules.symlink
  }

  /** Whether the time of a file of this size is over. */
  isOver(size: number): boolean {
    const now = Date.now()
    if (now < this.seenAt) this.endEarlier(now)
    this.seenAt = now
    if (now < this.periodEnd) return false
    if (size > 0) return true
    this.periodEnd = periodEnd(this.rules.every, now)
    return false
  }

  /** The clock was set back, and would take more than a period to the end that was found by what it said before. */
  private endEarlier(now: number): void {
    const { every } = this.rules
    const end = periodEnd(every, now)
    if (periodEnd(every, end) < this.periodEnd) this.periodEnd = end
  }

  /** Whether an attempt would come too early after one that failed. */
  get isWaiting(): boolean {
    return ticks() < this.notBefore
  }

  /** With `symlink`: the file that the path leads to, which is made if there is none. */
  findActive(open: OpenNew): number | undefined {
    const deadline = ticks() + OPEN_WAIT_MS
    let descriptor: number | undefined
    while (!withLock(this.lockPath, () => (descriptor = this.openActive(open)))) {
      if (ticks() > deadline) throw new Error(`${this.lockPath} is held by another process`)
      sleepSync(5)
    }
    return descriptor
  }

  get active(): string {
    return this.activePath
  }

  /** The file is open now. */
  opened(size: number, mtimeMs: number): void {
    const now = Date.now()
    this.seenAt = now
    this.periodEnd = periodEnd(this.rules.every, size > 0 ? Math.min(mtimeMs, now) : now)
    if (this.rules.symlink || !this.isNamed()) this.tidy()
    else this.periodEnd = 0 // its exchange is made up for by the next line
  }

  /**
   * Puts a fresh file in the place of the one in use.
   *
   * @param isInUse - Whether the path still leads to the file that the caller writes to.
   * @returns the fresh file's descriptor; undefined where another process was faster or it was not possible now.
   */
  rotate(open: OpenNew, isInUse: () => boolean): number | undefined {
    let fresh: number | undefined
    try {
      const isDone = withLock(this.lockPath, () => {
        if (isInUse()) fresh = this.rules.symlink ? this.relink(open) : this.exchange(open)
      })
      if (!isDone) this.notBefore = ticks() + LOCKED_WAIT_MS
    } catch (error) {
      this.notBefore = ticks() + FAILED_WAIT_MS
      this.report(error)
    }
    if (fresh !== undefined) {
      this.periodEnd = periodEnd(this.rules.every, Date.now())
      this.tidy()
    }
    return fresh
  }

  async close(): Promise<void> {
    await this.compression?.close()
  }

  /** Gives the file its dated name and puts a fresh one in its place. */
  private exchange(open: OpenNew): number {
    const next = `${this.filePath}.${process.pid}.next`
    fs.rmSync(next, { force: true })
    // Opened before anything is renamed: without a descriptor to be had, nothing changes.
    const fresh = open(next)
    try {
      if (!this.isNamed()) this.name()
      fs.renameSync(next, this.filePath)
      return fresh
    } catch (error) {
      fs.closeSync(fresh)
      fs.rmSync(next, { force: true })
      throw error
    }
  }

  /** Gives the file its dated name besides its own. */
  private name(): void {
    const dated = this.names.next(Date.now())
    try {
      fs.linkSync(this.filePath, dated)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error
      // A file system without hard links: for a moment the path leads nowhere.
      fs.renameSync(this.filePath, dated)
    }
  }

  /** Whether the file has a dated name besides its own: who gave it was killed before it put a fresh one in its place. */
  private isNamed(): boolean {
    const own = fs.statSync(this.filePath, { throwIfNoEntry: false })
    if (own === undefined || own.nlink === 1) return false
    return this.names.list().some((file) => {
      const stat = fs.statSync(file.path, { throwIfNoEntry: false })
      return stat !== undefined && stat.ino === own.ino && stat.dev === own.dev
    })
  }

  /** Makes the next dated file and lets the path lead to it. */
  private relink(open: OpenNew): number {
    const dated = this.names.next(Date.now())
    const fresh = open(dated)
    try {
      const link = `${this.filePath}.${process.pid}.link`
      fs.rmSync(link, { force: true })
      fs.symlinkSync(path.basename(dated), link)
      fs.renameSync(link, this.filePath)
      this.activePath = dated
      return fresh
    } catch (error) {
      fs.closeSync(fresh)
      fs.rmSync(dated, { force: true })
      throw error
    }
  }

  /** Undefined where the active file exists: then it is to be opened as any other. */
  private openActive(open: OpenNew): number | undefined {
    const stat = fs.lstatSync(this.filePath, { throwIfNoEntry: false })
    if (stat?.isSymbolicLink() === true) {
      const target = path.resolve(this.names.folder, fs.readlinkSync(this.filePath))
      const isOurs = path.dirname(target) === this.names.folder && this.names.isOurs(path.basename(target))
      if (!isOurs) throw new Error(`${this.filePath} is a symbolic link to ${target}, which rotation did not name`)
      if (fs.existsSync(target)) {
        this.activePath = target
        return undefined
      }
    } else if (stat?.isFile() === true) {
      // From a time when rotation was set up differently.
      if (stat.size > 0 && !this.isNamed()) fs.linkSync(this.filePath, this.names.next(Date.now()))
    } else if (stat !== undefined) throw new Error(`${this.filePath} is no file`)
    return this.relink(open)
  }

  /** Deletes what is to go. What is to be compressed is, later. */
  private tidy(): void {
    try {
      const { symlink } = this.rules
      const files = this.names
        .list()
        // With dated names from the beginning, a file's time was over when the next one was named.
        .map((file, i, all) => (symlink && i + 1 < all.length ? { ...file, time: all[i + 1].time } : file))
        .filter((file) => file.path !== this.activePath)
      applyRetention(files, this.rules, Date.now(), this.report)
    } catch (error) {
      this.report(error)
    }
    this.compression?.plan()
  }
}
