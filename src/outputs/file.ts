import { checkOptions, checkPath, flag, integer, oneOf, record, type Rules } from '../options/check.js'
import { BLOCK_RULES, blockDefaults, type BlockOptions } from './block-options.js'
import { BlockOutput } from './block-output.js'
import { FaultReports } from './fault-reports.js'
import { LogFile, type LogFileOptions } from './log-file.js'
import type { Output } from './output.js'
import { checkRotate, type RotateOptions } from './rotate-options.js'

/** Options of {@link file}. */
export interface FileOptions extends BlockOptions {
  /**
   * When the disk itself has what was written, not the kernel alone: never by our doing, every second, or before the
   * write is over. Default `never`. `flush` and `close` settle when it has, unless it is `never`.
   */
  readonly fsync?: 'never' | 'interval' | 'always'
  /** Makes the directory (mode 0750) if it is missing. Default true. */
  readonly mkdir?: boolean
  /** Permissions of a new file. Default 0o640. */
  readonly mode?: number
  /** Exchanges the file for a fresh one by size or time. Default: never. */
  readonly rotate?: RotateOptions
  /** Opens the file anew at this signal, for programs that rename it and then tell. Default: none. */
  readonly reopenOn?: 'SIGHUP' | 'SIGUSR2'
}

/** A path and options, checked and complete. */
export interface CheckedFile {
  readonly filePath: string
  readonly block: Required<BlockOptions>
  readonly file: LogFileOptions
}

type FileDefaults = Required<Omit<FileOptions, 'rotate' | 'reopenOn'>> & Pick<FileOptions, 'rotate' | 'reopenOn'>

const FILE_RULES: Rules<FileDefaults> = {
  ...BLOCK_RULES,
  fsync: oneOf('never', 'interval', 'always'),
  mkdir: flag,
  mode: integer(0, 0o7777),
  rotate: record,
  reopenOn: oneOf('SIGHUP', 'SIGUSR2'),
}

/** @throws OptionError for the first option that is wrong. */
export function checkFile(filePath: string, given: FileOptions | undefined): CheckedFile {
  checkPath('file path', filePath)
  const defaults: FileDefaults = { ...blockDefaults(given?.buffer), fsync: 'never', mkdir: true, mode: 0o640 }
  const options = checkOptions('file', given, defaults, FILE_RULES)
  const { fsync, mkdir, mode, rotate, reopenOn, ...block } = options
  return {
    filePath,
    block,
    file: {
      fsync,
      fsyncIntervalMs: block.flushIntervalMs,
      mkdir,
      mode,
      rotate: rotate === undefined ? undefined : checkRotate(rotate),
      reopenOn,
    },
  }
}

/**
 * Appends lines to a file. It follows its path: renamed or deleted by somebody, the file is opened anew.
 *
 * @param filePath - Opened at once; its directory is made if it is missing.
 * @throws OptionError when an option is out of range; the system's error when the file cannot be opened.
 * @example
 * file('logs/app.log', { buffer: 'block', rotate: { maxBytes: 10_000_000, every: 'day', keep: 14, compress: 'gzip' } })
 */
export function file(filePath: string, options?: FileOptions): Output {
  const checked = checkFile(filePath, options)
  const faults = new FaultReports(`file ${filePath}`)
  return new BlockOutput(new LogFile(filePath, checked.file, faults), checked.block, faults)
}
