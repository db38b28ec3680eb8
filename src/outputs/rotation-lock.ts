import fs from 'node:fs'
import os from 'node:os'

/** A lock whose owner cannot be asked (it is on another machine) is taken for left behind after this time. */
const STALE_MS = 60_000

/**
 * Runs `use` while no other process runs it for the same path. The lock is a symbolic link that names its owner: made in
 * one step, without a descriptor, and whoever finds it can see whether the owner still lives.
 *
 * @returns false, at once, where somebody else holds the lock.
 */
export function withLock(lockPath: string, use: () => void): boolean {
  const owner = `${process.pid}@${os.hostname()}`
  if (!take(lockPath, owner)) {
    if (!isLeftBehind(lockPath)) return false
    fs.rmSync(lockPath, { force: true })
    if (!take(lockPath, owner)) return false
  }
  try {
    use()
  } finally {
    fs.rmSync(lockPath, { force: true })
  }
  return true
}

function take(lockPath: string, owner: string): boolean {
  try {
    fs.symlinkSync(owner, lockPath)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function isLeftBehind(lockPath: string): boolean {
  try {
    const [pid, host] = fs.readlinkSync(lockPath).split('@')
    if (host === os.hostname() && Number(pid) !== process.pid) return !isAlive(Number(pid))
    return Date.now() - fs.lstatSync(lockPath).mtimeMs > STALE_MS
  } catch {
    // It is gone, or is no lock of ours: the next attempt will tell.
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
