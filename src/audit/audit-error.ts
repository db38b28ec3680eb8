import { LineRefused } from '../outputs/output.js'

/** A problem of an audit file or of its writer. With `onFailure: 'throw'` a log call throws it. */
export class AuditError extends LineRefused {
  override readonly name = 'AuditError'

  constructor(
    message: string,
    /** What happened: a code of the system, such as `ENOSPC`, or `LOCKED`, `FOREIGN`, `FORMAT`, `TORN`, `KEY`, `CLOSED`, `TOOLONG`. */
    readonly code: string,
    cause?: unknown,
  ) {
    super(message, cause)
  }
}

/** The error's code if it has one that can stand in a record, else `ERROR`. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Za-z0-9_]{1,32}$/.test(code) ? code : 'ERROR'
}
