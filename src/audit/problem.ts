/** What is wrong with a file. */
export type AuditProblemKind =
  /** The first line is no header of this format. */
  | 'header'
  /** A record is malformed, of unknown kind, or says what is not so. */
  | 'record'
  /** A record stands where it may not, or lines follow a seal. */
  | 'order'
  /** Lines differ from what was signed. */
  | 'lines-changed'
  | 'lines-missing'
  | 'lines-inserted'
  | 'lines-duplicated'
  | 'lines-reordered'
  /** A line is longer than the format allows. */
  | 'line-too-long'
  /** A checkpoint has no signature, or one that does not verify. */
  | 'signature-missing'
  | 'signature'
  /** A checkpoint is signed by a key that is not trusted, or whose turn it is not. */
  | 'foreign-key'
  /** A checkpoint of another file, or one that stood elsewhere in this one. */
  | 'checkpoint-replayed'
  /** The cut that a checkpoint signs is not there. */
  | 'cut-missing'
  /** The checkpoint that was held elsewhere is not in the file: it was cut, replaced, or continued from an older state. */
  | 'held-checkpoint'
  /** Files do not follow one another. */
  | 'link'
  /** The file cannot be read. */
  | 'unreadable'

/** Something wrong with a file, and where. */
export interface AuditProblem {
  /** What is wrong. */
  readonly kind: AuditProblemKind
  /** The file it was found in, as it was given. */
  readonly file: string
  /** First and last line it is about, as they are numbered now; 0 where it is about no line. */
  readonly line: number
  /** The last line it is about; 0 where it is about no line. */
  readonly lastLine: number
  /** In words, with the line numbers. */
  readonly message: string
}

/** "line 3", "lines 3 to 5". */
export function linesText(first: number, last: number): string {
  return first === last ? `line ${first}` : `lines ${first} to ${last}`
}
