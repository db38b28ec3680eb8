import fs from 'node:fs'
import path from 'node:path'
import { OptionError } from '../options/option-error.js'
import type { AuditAlgorithm } from './algorithm.js'
import { AuditError } from './audit-error.js'
import { AuditFile, type KnownState, lastSealedPath, sealedPath, syncFolder } from './audit-file.js'
import { isOrigin } from './checkpoint.js'
import { keyLabel } from './checkpoint-note.js'
import type { AuditMetadata, PreviousFile } from './record.js'
import type { Tail } from './tail.js'
import { setTornHeaderAside } from './torn-header.js'
import type { VerifierKey } from './verifier-key.js'

/** How a log is to be written. */
export interface LogSettings {
  readonly path: string
  readonly algorithm: AuditAlgorithm
  /** Undefined: that of the file, or one made of key and file name. */
  readonly origin: string | undefined
  readonly metadata: AuditMetadata
  readonly mode: number
  readonly mkdir: boolean
  /** The key that signs, and the one that did until now. */
  readonly key: VerifierKey
  readonly previousKey: VerifierKey | undefined
}

/** A log open for writing. */
export interface OpenedLog {
  readonly file: AuditFile
  /** Whether the previous key must hand over to the key first. */
  readonly needsHandOver: boolean
  /** After a fault: whether the file holds what was known of it, and how many of its lines are gone. */
  readonly isKnown: boolean
  readonly missing: number
  /** Name that a file with half a header has now. */
  readonly aside?: string | undefined
}

/** Why a log is opened again by the writer that had it open. */
export interface Recovery {
  /** Code of the fault. */
  readonly cause: string
  /** Id of the file that was open, and what was known of it. */
  readonly file: string
  readonly known: KnownState
  /** Bytes from which on a sync failed: they are written again. */
  readonly unsyncedFrom: number
  /** Entries lost in the fault. */
  readonly lost: number
}

/**
 * Opens a log where it ended, or begins one. A seal whose rotation was cut short is followed by the next file.
 *
 * @param recovery - After a fault of this writer; else it is a restart.
 * @throws AuditError when the file is of another log or another key; the system's error when it cannot be opened.
 */
export function openLog(settings: LogSettings, recovery?: Recovery): OpenedLog {
  const { path: filePath } = settings
  if (settings.mkdir) fs.mkdirSync(path.dirname(filePath), { recursive: true, mode: 0o750 })
  const stat = fs.lstatSync(filePath, { throwIfNoEntry: false })
  const aside = stat?.isFile() === true && stat.size > 0 ? setTornHeaderAside(filePath) : undefined
  if (stat === undefined || (stat.isFile() && stat.size === 0) || aside !== undefined) {
    const sealed = lastSealedPath(filePath)
    return { ...(sealed === undefined ? begin(settings, recovery) : follow(settings, sealed)), aside }
  }
  const { file, tail } = AuditFile.open(filePath, keysOf(settings), recovery?.known.lines)
  try {
    assertSameLog(settings, filePath, tail)
    if (tail.isSealed) {
      if (recovery !== undefined) {
        file.rewriteFrom(recovery.unsyncedFrom)
        file.sync()
      }
      file.close()
      return follow(settings, moveAside(filePath, tail.header.sequence))
    }
    const handsOver = needsHandOver(settings, tail)
    if (recovery === undefined) {
      file.resume(tail, 'restart', 0, 0)
      return { file, needsHandOver: handsOver, isKnown: true, missing: 0 }
    }
    if (tail.header.file !== recovery.file) throw new AuditError(`${filePath} is another file now`, 'FOREIGN')
    const { cause, known, lost } = recovery
    const isKnown = tail.peeked?.equals(known.digest) === true
    const missing = Math.max(0, known.lines - tail.chain.lines)
    file.rewriteFrom(recovery.unsyncedFrom)
    file.resume(tail, cause, isKnown ? known.lines : 0, lost + missing)
    return { file, needsHandOver: handsOver, isKnown, missing }
  } catch (error) {
    file.close()
    throw error
  }
}

/** Renames a sealed file to the name it keeps, which nobody else may have. */
export function moveAside(filePath: string, sequence: number): string {
  const sealed = sealedPath(filePath, sequence)
  if (fs.existsSync(sealed)) throw new AuditError(`${sealed} is there already`, 'EEXIST')
  fs.renameSync(filePath, sealed)
  syncFolder(path.dirname(filePath))
  return sealed
}

/** The file after this one. */
export function createNext(
  settings: LogSettings,
  before: AuditFile['header'],
  link: PreviousFile,
  key: VerifierKey,
): AuditFile {
  return AuditFile.create(
    settings.path,
    {
      algorithm: settings.algorithm,
      origin: before.origin,
      sequence: before.sequence + 1,
      key,
      previous: link,
      metadata: settings.metadata,
    },
    settings.mode,
  )
}

function begin(settings: LogSettings, recovery: Recovery | undefined): OpenedLog {
  const { path: filePath, algorithm, key, metadata, mode } = settings
  const origin = settings.origin ?? `${key.name}/${path.basename(filePath)}`
  if (!isOrigin(origin)) throw new OptionError('audit.origin', 'given: key id and file name make none', origin)
  const file = AuditFile.create(filePath, { algorithm, origin, sequence: 1, key, previous: null, metadata }, mode)
  // A writer that had a file and finds none has lost all of it.
  return { file, needsHandOver: false, isKnown: recovery === undefined, missing: recovery?.known.lines ?? 0 }
}

function follow(settings: LogSettings, sealed: string): OpenedLog {
  const { file, tail } = AuditFile.open(sealed, keysOf(settings))
  try {
    assertSameLog(settings, sealed, tail)
    // Only its newline is missing.
    if (tail.isSealed && tail.isUnfinished) file.endLine()
  } finally {
    file.close()
  }
  const { seal, damaged, torn, chain } = tail
  // Of the checkpoint behind a seal a torn line may be there: the next file vouches for the seal.
  const isTornBehind = torn > 0 && damaged === chain.lines && seal?.lines === damaged - 1
  if (seal === undefined || (damaged > 0 && !isTornBehind))
    throw new AuditError(`${sealed} is the file before this one, and is not sealed`, 'FORMAT')
  const handsOver = needsHandOver(settings, tail)
  const link = { file: tail.header.file, ...seal }
  const next = createNext(settings, tail.header, link, handsOver ? settings.previousKey! : settings.key)
  return { file: next, needsHandOver: handsOver, isKnown: true, missing: 0 }
}

function assertSameLog(settings: LogSettings, filePath: string, tail: Tail): void {
  const { origin } = tail.header
  if (settings.origin !== undefined && settings.origin !== origin)
    throw new AuditError(`${filePath} is of the log ${origin}, not of ${settings.origin}`, 'FORMAT')
}

function needsHandOver({ key, previousKey, path: filePath }: LogSettings, tail: Tail): boolean {
  if (tail.key === keyLabel(key)) return false
  if (previousKey !== undefined && tail.key === keyLabel(previousKey)) return true
  throw new AuditError(`${filePath} is signed by ${tail.key}: give that key, or give it as previousKey`, 'KEY')
}

function keysOf({ key, previousKey }: LogSettings): VerifierKey[] {
  return previousKey === undefined ? [key] : [key, previousKey]
}
