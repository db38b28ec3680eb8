import type { AuditVerdictName } from '../verdict.js'

/** Where a command writes. */
export interface Terminal {
  readonly stdout: CommandStream
  readonly stderr: CommandStream
}

/** As much of a stream as a command needs. */
export interface CommandStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Exit codes of the command. */
export const ExitCode: Readonly<Record<AuditVerdictName | 'usage' | 'unwritable', number>> = Object.freeze({
  valid: 0,
  tampered: 1,
  unanchored: 2,
  unreadable: 3,
  /** EX_USAGE: it was asked for something it does not know. */
  usage: 64,
  /** EX_IOERR: what it had to say could not be written. */
  unwritable: 74,
})
