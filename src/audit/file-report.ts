/** A restart that a file tells of. */
export interface AuditRestart {
  /** The line that tells. */
  readonly line: number
  /** When the writer began again, as ISO 8601. */
  readonly time: string
  /** `restart`, or the code of the fault that the writer recovered from. */
  readonly cause: string
  /** Lines found in the file and signed as they were found: first and last; 0 if there were none. */
  readonly foundFrom: number
  /** The last line found; 0 if there was none. */
  readonly foundTo: number
  /** The first line that was damaged, 0 if none. */
  readonly damaged: number
  /** Bytes of the last line, where that was torn. */
  readonly torn: number
  /** Entries lost in the fault. */
  readonly lost: number
}

/** How the file before this one ended. */
export interface FileEnd {
  readonly origin: string
  readonly file: string
  readonly sequence: number
  /** Line of its seal, and the head it ended. Undefined where it is not sealed. */
  readonly seal: { readonly lines: number; readonly head: string } | undefined
  readonly key: string
}
