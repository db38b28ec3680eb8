import type { AuditRestart } from './file-report.js'
import type { AuditProblem } from './problem.js'
import type { AuditMetadata } from './record.js'

/** What {@link verifyAudit} says of a log. */
export type AuditVerdictName =
  /** Nothing was changed, removed, inserted, reordered or cut: the file ends with the checkpoint that is held. */
  | 'valid'
  /** Nothing was changed up to the last checkpoint, but lines may be missing at the end or be unsigned there. */
  | 'unanchored'
  | 'tampered'
  /** A file could not be read to its end. */
  | 'unreadable'

/** One file of a verified log. */
export interface AuditFileReport {
  /** As it was given. */
  readonly path: string
  /** From the header; undefined where there is none. */
  readonly origin: string | undefined
  /** The file's id, from the header; undefined where there is none. */
  readonly file: string | undefined
  /** The file's place in its log, from the header; undefined where there is none. */
  readonly sequence: number | undefined
  /** From the header; undefined where there is none. */
  readonly metadata: AuditMetadata | undefined
  /** Its size. */
  readonly bytes: number
  /** Its whole lines. */
  readonly lines: number
  /** Its checkpoints. */
  readonly checkpoints: number
  /** Whether it ends with a signed seal: nothing can follow. */
  readonly isSealed: boolean
  /** Lines up to here are covered by a good checkpoint. */
  readonly signedLines: number
  /** Bytes of an unfinished line at the end. */
  readonly tornBytes: number
  /** The last good checkpoint: the whole note, and its line. */
  readonly lastCheckpoint: string | undefined
  /** The line of the last good checkpoint; 0 without one. */
  readonly lastCheckpointLine: number
  /** Line of the checkpoint that was given as held; 0 where it is not in this file. */
  readonly heldCheckpointLine: number
  /** Restarts and faults that the file tells of, the first thousand. */
  readonly restarts: readonly AuditRestart[]
  /** Restarts and faults that the file tells of, all of them. */
  readonly restartCount: number
  /** Entries that the file says were lost in faults. */
  readonly lostEntries: number
  /** How often a record is older than the one before it: the clock was set back. */
  readonly clockSteps: number
}

/** A verdict, and what it stands on. */
export interface AuditVerdict {
  /** All in a word. */
  readonly verdict: AuditVerdictName
  /** In a sentence. */
  readonly reason: string
  /** What is wrong, with line numbers; the first thousand of each file. Empty unless tampered with or unreadable. */
  readonly problems: readonly AuditProblem[]
  /** What is to say of each file. */
  readonly files: readonly AuditFileReport[]
}
