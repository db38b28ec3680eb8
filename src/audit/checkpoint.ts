import { type AuditAlgorithm, digestOf, FORMAT } from './algorithm.js'
import { isKeyName, isVerifierKey } from './verifier-key.js'

/** Why a cut was made. */
export const CUT_REASONS = ['start', 'lines', 'time', 'request', 'close', 'seal', 'key'] as const
export type CutReason = (typeof CUT_REASONS)[number]

/** What a checkpoint says. */
export interface Checkpoint {
  readonly origin: string
  /** Lines that the head covers: the number of the cut's line. */
  readonly size: number
  /** Base64. */
  readonly head: string
  readonly algorithm: AuditAlgorithm
  readonly file: string
  readonly sequence: number
  /** Bytes of the file up to the end of the cut. */
  readonly bytes: number
  /** Base64 of the cut's hash. */
  readonly cut: string
  /** Base64 of the hash of the checkpoint before, or `none`. */
  readonly previous: string
  /** `name+id` of the key that signs. */
  readonly key: string
  readonly time: string
  readonly reason: CutReason
  /** The verifier key that signs from now on; with reason `key` only. */
  readonly next: string | undefined
}

/** The text of a checkpoint: what is signed. */
export function checkpointText(checkpoint: Checkpoint): string {
  const { origin, size, head, algorithm, file, sequence, bytes, cut, previous, key, time, reason, next } = checkpoint
  const lines = [
    origin,
    String(size),
    head,
    `${FORMAT} checkpoint ${algorithm}`,
    `file ${file} ${sequence}`,
    `bytes ${bytes}`,
    `cut ${cut}`,
    `previous ${previous}`,
    `key ${key}`,
    `time ${time}`,
    `reason ${reason}`,
  ]
  if (next !== undefined) lines.push(`next ${next}`)
  return `${lines.join('\n')}\n`
}

const FORM =
  /^(?<origin>[^\n]+)\n(?<size>\d+)\n(?<head>[A-Za-z0-9+/]+=*)\nwideline-audit\/1 checkpoint (?<algorithm>sha256|sha512)\nfile (?<file>[0-9a-f]{32}) (?<sequence>\d+)\nbytes (?<bytes>\d+)\ncut (?<cut>[A-Za-z0-9+/]+=*)\nprevious (?<previous>none|[A-Za-z0-9+/]+=*)\nkey (?<key>[^\n+]+\+[0-9a-f]{8})\ntime (?<time>\S+)\nreason (?<reason>[a-z]+)\n(?:next (?<next>[^\n]+)\n)?$/u

/** Reads the text of a checkpoint, strictly; undefined if it is none. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const parts = FORM.exec(text)?.groups
  if (parts === undefined) return undefined
  const checkpoint: Checkpoint = {
    origin: parts['origin'],
    size: Number(parts['size']),
    head: parts['head'],
    algorithm: parts['algorithm'] as AuditAlgorithm,
    file: parts['file'],
    sequence: Number(parts['sequence']),
    bytes: Number(parts['bytes']),
    cut: parts['cut'],
    previous: parts['previous'],
    key: parts['key'],
    time: parts['time'],
    reason: parts['reason'] as CutReason,
    next: parts['next'],
  }
  const isRight =
    isCount(checkpoint.size) &&
    isCount(checkpoint.sequence) &&
    isCount(checkpoint.bytes) &&
    isOrigin(checkpoint.origin) &&
    isHash(checkpoint.head, checkpoint.algorithm) &&
    isHash(checkpoint.cut, checkpoint.algorithm) &&
    (checkpoint.previous === 'none' || isHash(checkpoint.previous, checkpoint.algorithm)) &&
    isKeyName(checkpoint.key.slice(0, -9)) &&
    isTime(checkpoint.time) &&
    CUT_REASONS.includes(checkpoint.reason) &&
    (checkpoint.reason === 'key') === (checkpoint.next !== undefined) &&
    (checkpoint.next === undefined || isVerifierKey(checkpoint.next))
  // Written again it must be the same: no leading zero, no other base64 of the same bytes.
  return isRight && checkpointText(checkpoint) === text ? checkpoint : undefined
}

/** What the next checkpoint calls this one. */
export function checkpointHash(algorithm: AuditAlgorithm, text: string): string {
  return digestOf(algorithm, 'checkpoint', text)
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0)
}

export function isBase64(value: unknown): value is string {
  return typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') === value
}

export function isHash(value: unknown, algorithm: AuditAlgorithm): value is string {
  return isBase64(value) && Buffer.byteLength(value, 'base64') === (algorithm === 'sha256' ? 32 : 64)
}

export function isTime(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return false
  const time = new Date(value)
  return !Number.isNaN(time.getTime()) && time.toISOString() === value
}

/** Whether a log may be called so: one line of text, none of it damaged (U+FFFD), that is no signature line. */
export function isOrigin(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    Buffer.byteLength(value) <= 255 &&
    value.isWellFormed() &&
    // oxlint-disable-next-line no-control-regex
    !/[\u0000-\u001f\ufffd]|^[ —]/.test(value)
  )
}
