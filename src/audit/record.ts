import { isRecord } from '../options/is-object.js'
import { type AuditAlgorithm, FORMAT } from './algorithm.js'
import { CUT_REASONS, type CutReason, isBase64, isCount, isHash, isOrigin, isTime } from './checkpoint.js'
import { MAX_MARKS } from './marks.js'
import { isVerifierKey } from './verifier-key.js'

/** Values that a header's metadata may hold. */
export type AuditMetadata = Readonly<Record<string, string | number | boolean>>

/** Where a file goes on from another. */
export interface PreviousFile {
  readonly file: string
  /** Number of the line of its seal. */
  readonly lines: number
  /** Base64 of the head that the seal ended. */
  readonly head: string
}

export interface HeaderRecord {
  readonly '@audit': 'header'
  readonly format: typeof FORMAT
  readonly algorithm: AuditAlgorithm
  readonly origin: string
  readonly file: string
  readonly sequence: number
  readonly time: string
  readonly key: string
  readonly previous: PreviousFile | null
  readonly metadata: AuditMetadata
}

export interface CutRecord {
  readonly '@audit': 'cut'
  readonly line: number
  readonly reason: CutReason
  readonly marks: string
}

export interface CheckpointRecord {
  readonly '@audit': 'checkpoint'
  readonly note: string
}

export interface ResumeRecord {
  readonly '@audit': 'resume'
  readonly line: number
  readonly time: string
  readonly cause: string
  readonly known: number
  readonly damaged: number
  readonly torn: number
  readonly lost: number
}

export interface QuotedRecord {
  readonly '@audit': 'line'
  readonly base64: string
}

/** A line that is not an entry but part of the format. */
export type AuditRecord = HeaderRecord | CutRecord | CheckpointRecord | ResumeRecord | QuotedRecord

/** What every record begins with, and no entry. */
const PREFIX = Buffer.from('{"@audit":"')

/** Whether a line is a record, well formed or not. */
export function isRecordLine(bytes: Uint8Array, from: number, to: number): boolean {
  // The second test is the rarest of letters in a line of JSON: most lines end here.
  if (bytes[from] !== 0x7b || bytes[from + 2] !== 0x40 || to - from < PREFIX.length) return false
  for (let i = 1; i < PREFIX.length; i++) if (bytes[from + i] !== PREFIX[i]) return false
  return true
}

/** The line of a record, without its newline. */
export function recordLine(record: AuditRecord): Buffer {
  return Buffer.from(JSON.stringify(record))
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads a record strictly; undefined if it is malformed. */
export function parseRecord(line: Uint8Array): AuditRecord | undefined {
  let parsed: unknown
  let text: string
  try {
    text = decoder.decode(line)
    parsed = JSON.parse(text)
  } catch {
    // No UTF-8, or no JSON.
    return undefined
  }
  if (!isRecord(parsed) || JSON.stringify(parsed) !== text) return undefined
  const kind = parsed['@audit']
  if (typeof kind !== 'string' || !Object.hasOwn(FORMS, kind)) return undefined
  return fits(parsed, FORMS[kind]) && isConsistent(parsed) ? (parsed as unknown as AuditRecord) : undefined
}

type Form = Readonly<Record<string, (value: unknown) => boolean>>

const FORMS: Readonly<Record<string, Form>> = {
  header: {
    '@audit': is('header'),
    format: is(FORMAT),
    algorithm: isAlgorithm,
    origin: isOrigin,
    file: isFileId,
    sequence: (value) => isCount(value) && value > 0,
    time: isTime,
    key: isVerifierKey,
    previous: (value) => value === null || (isRecord(value) && fits(value, PREVIOUS)),
    metadata: isMetadata,
  },
  cut: {
    '@audit': is('cut'),
    line: isCount,
    reason: (value) => CUT_REASONS.includes(value as CutReason),
    marks: (value) =>
      isBase64(value) && value.length <= (MAX_MARKS * 16) / 3 + 4 && Buffer.byteLength(value, 'base64') % 4 === 0,
  },
  checkpoint: { '@audit': is('checkpoint'), note: (value) => typeof value === 'string' },
  resume: {
    '@audit': is('resume'),
    line: isCount,
    time: isTime,
    cause: (value) => typeof value === 'string' && /^[A-Za-z0-9_]{1,32}$/.test(value),
    known: isCount,
    damaged: isCount,
    torn: isCount,
    lost: isCount,
  },
  line: { '@audit': is('line'), base64: isBase64 },
}

const PREVIOUS: Form = {
  file: isFileId,
  lines: isCount,
  head: (value) => isHash(value, 'sha256') || isHash(value, 'sha512'),
}

function fits(value: Record<string, unknown>, form: Form): boolean {
  const names = Object.keys(value)
  const wanted = Object.keys(form)
  return names.length === wanted.length && wanted.every((name, i) => names[i] === name && form[name](value[name]))
}

/** What one member says of another. */
function isConsistent(record: Record<string, unknown>): boolean {
  if (record['@audit'] === 'header') return (record['sequence'] === 1) === (record['previous'] === null)
  return record['@audit'] !== 'resume' || record['torn'] === 0 || record['damaged'] !== 0
}

function is(wanted: string): (value: unknown) => boolean {
  return (value) => value === wanted
}

function isAlgorithm(value: unknown): value is AuditAlgorithm {
  return value === 'sha256' || value === 'sha512'
}

function isFileId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value)
}

/** Whether it can stand in a header: a plain object of texts, finite numbers and flags. */
export function isMetadata(value: unknown): value is AuditMetadata {
  return (
    isRecord(value) &&
    Object.values(value).every(
      (item) =>
        typeof item === 'string' || typeof item === 'boolean' || (typeof item === 'number' && Number.isFinite(item)),
    )
  )
}
