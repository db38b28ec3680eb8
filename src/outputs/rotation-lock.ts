import fs from 'node:fs'
import os from 'node:os'

/** A lock whose owner cannot be asked (it is on another machine) is taken for left behind after this time. */
const STALE_MS = 60_000

/**
 * Runs `use` while no other process runs it for the same path. The lock is a symbolic link that names its owner: made in
 * one step, without a descriptor, and whoever finds it can see whether the owner still lives.
 *
 * @returns false, at once, where somebody else holds the lock.
 * @throws where something else has its name.
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

/** @throws where it is no lock, and so nobody will ever give it back. */
function isLeftBehind(lockPath: string): boolean {
  try {
    const [pid, host] = fs.readlinkSync(lockPath).split('@')
    const isHere = host === os.hostname()
    if (isHere && Number(pid) !== process.pid) return !isAlive(Number(pid))
    // In a container every process has the same number: what is older than this one is an earlier one's.
    const most = isHere ? Math.min(STALE_MS, process.uptime() * 1_000) : STALE_MS
    return Date.now() - fs.lstatSync(lockPath).mtimeMs > most
  } catch (error) {
    // It is gone: the next attempt will tell.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw new Error(`${lockPath} is in the way of rotation, and no lock of its own`, { cause: error })
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
