import fs from 'node:fs'
import path from 'node:path'
import type { RotatedNames } from './rotated-names.js'

/** Another process may still write to a file that was rotated: it looks where its path leads twice a second. */
const QUIET_MS = 2_000
const SUFFIX = '.gz'

/**
 * Compresses rotated files, one after another, in Node's threads. A file that was left behind by an earlier process has
 * its turn too. The compressed file appears whole, under its final name, before the original goes.
 */
export class Compression {
  private timer: NodeJS.Timeout | undefined = undefined
  private running: Promise<void> | undefined = undefined

  constructor(
    private readonly names: RotatedNames,
    /** The file in use, which must be left alone. */
    private readonly inUse: () => string,
    /** Whether others must be left alone too, for now. */
    private readonly isWrittenTo: () => boolean,
    private readonly mode: number,
    private readonly report: (error: unknown) => void,
  ) {}

  /** Sees to it that what is to be compressed is, soon. Does not keep the process alive until then. */
  plan(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      this.running ??= this.compressAll().finally(() => (this.running = undefined))
    }, QUIET_MS).unref()
  }

  /** Settles when the file under way is done; others wait for the next time the log is opened. */
  async close(): Promise<void> {
    clearTimeout(this.timer)
    await this.running
    clearTimeout(this.timer)
  }

  private async compressAll(): Promise<void> {
    try {
      this.removeRemains()
      for (const { path: source, isCompressed } of this.names.list()) {
        if (isCompressed || source === this.inUse()) continue
        const before = fs.statSync(source, { throwIfNoEntry: false })
        if (before === undefined) continue
        const isQuiet = Math.abs(Date.now() - before.mtimeMs) >= QUIET_MS
        if (!isQuiet || this.isWrittenTo()) this.plan()
        // One that cannot be compressed keeps no other.
        else await this.compress(source, before).catch(this.report)
      }
    } catch (error) {
      this.report(error)
    }
  }

  private async compress(source: string, before: fs.Stats): Promise<void> {
    // Not imported: loading them takes milliseconds, and few logs are compressed.
    const { pipeline } = process.getBuiltinModule('node:stream/promises')
    const { createGzip } = process.getBuiltinModule('node:zlib')
    // Not the process's number alone: it may be at this file twice, and in a container the one before it had the same.
    const partial = `${source}${SUFFIX}.${process.pid}${Math.random().toString().slice(2)}`
    try {
      await pipeline(
        fs.createReadStream(source),
        createGzip(),
        fs.createWriteStream(partial, { flags: 'wx', mode: this.mode, flush: true }),
      )
      fs.utimesSync(partial, before.atime, before.mtime)
      // Somebody wrote to it after all: it must be read again.
      if (fs.statSync(source).size !== before.size) this.plan()
      else {
        fs.renameSync(partial, source + SUFFIX)
        fs.rmSync(source)
      }
    } catch (error) {
      // Deleted meanwhile, by retention or by somebody's hand.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    } finally {
      fs.rmSync(partial, { force: true })
    }
  }

  /** What a process left that died while it compressed. */
  private removeRemains(): void {
    const { folder } = this.names
    for (const name of fs.readdirSync(folder)) {
      const match = /^(.*)\.gz\.(\d+)$/.exec(name)
      if (match === null || !this.names.isOurs(match[1])) continue
      const file = path.join(folder, name)
      const stat = fs.statSync(file, { throwIfNoEntry: false })
      if (stat !== undefined && Date.now() - stat.mtimeMs > 60 * QUIET_MS) fs.rmSync(file, { force: true })
    }
  }
}
