import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import { isRecord } from '../options/is-object.js'
import { AuditError } from './audit-error.js'

/** Who holds a lock. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** Names the run of the kernel, where that is known: after a reboot all holders are gone. */
  readonly boot: string
  /** Tells this lock from the next one under the same name. */
  readonly token: string
}

/** A lock that nobody can read any more was never finished, after this long. */
const UNFINISHED_MS = 5_000

/** Locks of this thread, where the system does not show open files. */
const ownTokens = new Set<string>()

/**
 * The right to write a file: a file beside it that names the process. A lock whose process is gone is taken over. On
 * Linux the holder keeps it open, so that a process of the same number, or another thread of ours, is told apart.
 */
export class WriterLock {
  private constructor(
    private readonly path: string,
    private readonly descriptor: number,
    private readonly token: string,
  ) {}

  /** @throws AuditError when another writer is there. */
  static take(filePath: string): WriterLock {
    const path = `${filePath}.lock`
    for (let attempt = 0; attempt < 3; attempt++) {
      const lock = WriterLock.create(path)
      if (lock !== undefined) return lock
      WriterLock.removeStale(path, filePath)
    }
    throw new AuditError(`${filePath}: another writer took the lock just now`, 'LOCKED')
  }

  release(): void {
    ownTokens.delete(this.token)
    fs.closeSync(this.descriptor)
    // Only ours: somebody may have thought us dead.
    if (readHolder(this.path)?.token === this.token) fs.rmSync(this.path, { force: true })
  }

  private static create(path: string): WriterLock | undefined {
    const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = fs.constants
    let descriptor: number
    try {
      descriptor = fs.openSync(path, O_CREAT | O_EXCL | O_WRONLY | (O_NOFOLLOW ?? 0), 0o640)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
      throw error
    }
    const holder: Holder = {
      pid: process.pid,
      host: os.hostname(),
      boot: bootId(),
      token: randomBytes(16).toString('hex'),
    }
    fs.writeSync(descriptor, `${JSON.stringify(holder)}\n`)
    ownTokens.add(holder.token)
    return new WriterLock(path, descriptor, holder.token)
  }

  private static removeStale(path: string, filePath: string): void {
    const holder = readHolder(path)
    if (holder === undefined) {
      const age = Date.now() - (fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)
      if (age < UNFINISHED_MS) throw new AuditError(`${filePath}: another writer takes the lock just now`, 'LOCKED')
    } else if (isHeld(path, holder)) {
      throw new AuditError(
        `${filePath}: process ${holder.pid} on ${holder.host} writes it; if that is gone, remove ${path}`,
        'LOCKED',
      )
    }
    // Moved first, then looked at: another process may have replaced the stale lock by its own meanwhile.
    const aside = `${path}.${randomBytes(6).toString('hex')}`
    try {
      fs.renameSync(path, aside)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      throw error
    }
    if (readHolder(aside)?.token !== holder?.token) {
      fs.renameSync(aside, path)
      throw new AuditError(`${filePath}: another writer took the lock just now`, 'LOCKED')
    }
    fs.rmSync(aside, { force: true })
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(fs.readFileSync(path, 'utf8'))
    if (!isRecord(holder) || !Number.isInteger(holder['pid']) || typeof holder['token'] !== 'string') return undefined
    return holder as unknown as Holder
  } catch {
    // Gone, or not written yet.
    return undefined
  }
}

function isHeld(path: string, holder: Holder): boolean {
  // Of another machine nothing can be told.
  if (holder.host !== os.hostname()) return true
  if (holder.boot !== bootId()) return false
  if (process.platform === 'linux') return hasOpen(holder.pid, path)
  if (holder.pid === process.pid) return ownTokens.has(holder.token)
  try {
    process.kill(holder.pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether a process has the file open, by what Linux shows of it. */
function hasOpen(pid: number, path: string): boolean {
  const wanted = fs.statSync(path, { throwIfNoEntry: false })
  if (wanted === undefined) return false
  let names: string[]
  try {
    names = fs.readdirSync(`/proc/${pid}/fd`)
  } catch (error) {
    // No such process; of somebody else's nothing can be told.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
  return names.some((name) => {
    try {
      const stat = fs.statSync(`/proc/${pid}/fd/${name}`)
      return stat.ino === wanted.ino && stat.dev === wanted.dev
    } catch {
      // Closed meanwhile.
      return false
    }
  })
}

function bootId(): string {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // Not Linux.
    return ''
  }
}
