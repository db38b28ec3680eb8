import fs from 'node:fs'
import path from 'node:path'
import { checkOption, checkOptions, flag, integer, oneOf, type Rules, text } from '../options/check.js'
import { type BufferMode, DescriptorOutput } from './descriptor.js'
import type { Output } from './output.js'

/** Options of {@link file}. */
export interface FileOptions {
  /** When lines are written. Default `tick`. */
  readonly buffer?: BufferMode
  /** Bytes gathered at most before a write, 1024 to 67108864. Default 16384. */
  readonly bufferSize?: number
  /** Milliseconds a line waits at most with `buffer: 'block'`, 1 to 3600000. Default 1000. */
  readonly flushIntervalMs?: number
  /** Bytes that may wait while the file takes none; lines beyond them are dropped and counted. Default 67108864. */
  readonly maxPendingBytes?: number
  /** Makes the directory (mode 0750) if it is missing. Default true. */
  readonly mkdir?: boolean
  /** Permissions of a new file. Default 0o640. */
  readonly mode?: number
}

export const FILE_DEFAULTS: Required<FileOptions> = Object.freeze({
  buffer: 'tick',
  bufferSize: 16_384,
  flushIntervalMs: 1_000,
  maxPendingBytes: 67_108_864,
  mkdir: true,
  mode: 0o640,
})

const FILE_RULES: Rules<Required<FileOptions>> = {
  buffer: oneOf('none', 'line', 'tick', 'block'),
  bufferSize: integer(1_024, 67_108_864),
  flushIntervalMs: integer(1, 3_600_000),
  maxPendingBytes: integer(65_536, 4_294_967_296),
  mkdir: flag,
  mode: integer(0, 0o7777),
}

/** A file opened at once, so that a process that dies in its first turn has it; a symbolic link is refused. */
class FileOutput extends DescriptorOutput {
  constructor(filePath: string, options: Required<FileOptions>) {
    super(openForAppend(filePath, options), `file ${filePath}`, options)
  }

  protected override release(): void {
    const { descriptor } = this
    super.release()
    if (descriptor >= 0) fs.closeSync(descriptor)
  }
}

function openForAppend(filePath: string, options: Required<FileOptions>): number {
  if (options.mkdir) fs.mkdirSync(path.dirname(filePath), { recursive: true, mode: 0o750 })
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = fs.constants
  const descriptor = fs.openSync(filePath, O_APPEND | O_CREAT | O_WRONLY | (O_NOFOLLOW ?? 0), options.mode)
  try {
    endTornLine(filePath, descriptor)
  } catch (error) {
    fs.closeSync(descriptor)
    throw error
  }
  return descriptor
}

/** A process that was killed may have left half a line: it gets its newline before ours begins. */
function endTornLine(filePath: string, descriptor: number): void {
  const stat = fs.fstatSync(descriptor)
  if (!stat.isFile() || stat.size === 0) return
  const reader = fs.openSync(filePath, fs.constants.O_RDONLY)
  try {
    const last = Buffer.alloc(1)
    fs.readSync(reader, last, 0, 1, stat.size - 1)
    if (last[0] !== 0x0a) fs.writeSync(descriptor, '\n')
  } finally {
    fs.closeSync(reader)
  }
}

/**
 * Appends lines to a file.
 *
 * @param filePath - Opened at once; its directory is made if it is missing.
 * @throws OptionError when an option is out of range; the system's error when the file cannot be opened.
 */
export function file(filePath: string, options: FileOptions = {}): Output {
  checkOption('file path', filePath, text)
  return new FileOutput(filePath, checkOptions('file', options, FILE_DEFAULTS, FILE_RULES))
}
