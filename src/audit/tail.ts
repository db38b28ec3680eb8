import fs from 'node:fs'
import { AuditError } from './audit-error.js'
import { Chain, MAX_LINE_BYTES } from './chain.js'
import { type CheckpointNote, keyLabel, parseCheckpointNote } from './checkpoint-note.js'
import { LineSplitter } from './line-splitter.js'
import { type HeaderRecord, isRecordLine, parseRecord } from './record.js'
import { verifyNote } from './signed-note.js'
import { parseVerifierKey, type VerifierKey } from './verifier-key.js'

/** A file as a writer finds it: what it may go on from. */
export interface Tail {
  readonly header: HeaderRecord
  /** Has taken every line, a torn one included. */
  readonly chain: Chain
  /** Bytes of the file. */
  readonly size: number
  /** The last checkpoint: its text, the whole note, the lines it covers. */
  readonly last: { readonly text: string; readonly note: string; readonly size: number } | undefined
  /** `name+id` of the key whose turn it is. */
  readonly key: string
  /** First line that is damaged, 0 if none. */
  readonly damaged: number
  /** Bytes of an entry whose newline is missing. */
  readonly torn: number
  /** Whether a newline is missing at the end. */
  readonly isUnfinished: boolean
  /** Whether it ends with a seal, signed: nothing may follow. */
  readonly isSealed: boolean
  /** The unsigned seal at its end, if there is one, or the signed one. */
  readonly seal: { readonly lines: number; readonly head: string } | undefined
  /** What the chain was after the line asked for, if it came to that. */
  readonly peeked: Buffer | undefined
}

const CHUNK_BYTES = 262_144
const NEEDLE = Buffer.from('\n{"@audit":"checkpoint"')

/**
 * Reads the end of a file from its last checkpoint on.
 *
 * @param keys - Keys one of which must have signed that checkpoint.
 * @param peekAt - Line after which the chain is wanted.
 * @throws AuditError when it is no audit file, or its last checkpoint is not of these keys.
 */
export function readTail(path: string, descriptor: number, keys: readonly VerifierKey[], peekAt = 0): Tail {
  const { size } = fs.fstatSync(descriptor)
  const header = readHeader(path, descriptor, size)
  const found = findCheckpoint(path, descriptor, size, header, keys)
  return scan(descriptor, size, header, found, peekAt)
}

function readHeader(path: string, descriptor: number, size: number): HeaderRecord {
  const head = readAt(descriptor, 0, Math.min(size, CHUNK_BYTES))
  const end = head.indexOf(0x0a)
  const record = end < 0 ? undefined : parseRecord(head.subarray(0, end))
  if (record === undefined || record['@audit'] !== 'header')
    throw new AuditError(`${path} is no audit file: its first line is no header`, 'FORMAT')
  return record
}

interface Found extends CheckpointNote {
  readonly note: string
}

/** Looks for the last well formed checkpoint, from the end backwards. A malformed one is damage, and no checkpoint. */
function findCheckpoint(
  path: string,
  descriptor: number,
  size: number,
  header: HeaderRecord,
  keys: readonly VerifierKey[],
): Found | undefined {
  let to = size
  while (to > 0) {
    const from = Math.max(0, to - CHUNK_BYTES)
    // A needle may lie across the edge.
    const chunk = readAt(descriptor, from, Math.min(size, to + NEEDLE.length) - from)
    for (let at = chunk.lastIndexOf(NEEDLE); at >= 0; at = at === 0 ? -1 : chunk.lastIndexOf(NEEDLE, at - 1)) {
      const line = readLine(descriptor, from + at + 1, size)
      const record = line === undefined ? undefined : parseRecord(line)
      const note = record?.['@audit'] === 'checkpoint' ? parseCheckpointNote(record.note) : undefined
      if (record?.['@audit'] !== 'checkpoint' || note === undefined) continue
      const { checkpoint } = note
      if (
        checkpoint.file !== header.file ||
        checkpoint.bytes > from + at + 1 ||
        checkpoint.algorithm !== header.algorithm
      )
        throw new AuditError(`${path}: its last checkpoint is of another file`, 'FORMAT')
      const isOurs = keys.some((key) => note.signatures.some((one) => verifyNote(note.text, key, one)))
      if (!isOurs)
        throw new AuditError(
          `${path}: its last checkpoint is signed by ${checkpoint.key}, with no good signature of a key given; ` +
            'after a change of keys give the old one as previousKey',
          'KEY',
        )
      return { ...note, note: record.note }
    }
    to = from
  }
  return undefined
}

function scan(descriptor: number, size: number, header: HeaderRecord, found: Found | undefined, peekAt: number): Tail {
  const chain = new Chain(header.algorithm)
  let damaged = 0
  let wasRecord = false
  let lastLength = 0
  let seal: Tail['seal']
  let isSealed = false
  let peeked: Buffer | undefined
  if (found !== undefined) {
    const { checkpoint } = found
    chain.continueFrom(Buffer.from(checkpoint.head, 'base64'))
    chain.lines = checkpoint.size
    chain.bytes = checkpoint.bytes
    isSealed = checkpoint.reason === 'seal'
    if (isSealed) seal = { lines: checkpoint.size, head: checkpoint.head }
  }
  const take = (bytes: Uint8Array, from: number, to: number): void => {
    wasRecord = isRecordLine(bytes, from, to)
    lastLength = to - from
    const record = wasRecord ? readRecord(bytes.subarray(from, to)) : undefined
    // Behind a seal that is not signed an entry is the beginning of its checkpoint.
    const isDamage = wasRecord ? record === undefined : seal !== undefined && !isSealed
    if (isDamage && damaged === 0) damaged = chain.lines + 1
    chain.line(bytes, from, to)
    if (record?.['@audit'] === 'resume') {
      // What was damage at an earlier restart is settled by that.
      if (damaged === 0 || record.damaged === damaged) damaged = 0
      if (damaged === 0 && !isSealed) seal = undefined
    } else if (record?.['@audit'] === 'cut' && damaged === 0) {
      chain.marks.cut()
      const head = chain.cut().toString('base64')
      if (record.reason === 'seal') seal = { lines: chain.lines, head }
    }
    if (chain.lines === peekAt) peeked = chain.peek()
  }
  const splitter = new LineSplitter(take)
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  for (let at = chain.bytes; at < size;) {
    const read = fs.readSync(descriptor, chunk, 0, Math.min(CHUNK_BYTES, size - at), at)
    if (read === 0 || !splitter.push(chunk.subarray(0, read)))
      throw new AuditError('the file holds a line that is too long, or became shorter while it was read', 'FORMAT')
    at += read
  }
  const rest = splitter.rest
  const isUnfinished = rest.length > 0
  let torn = 0
  if (isUnfinished) {
    take(rest, 0, rest.length)
    // A whole record without its newline is no damage.
    if (damaged !== 0 || !wasRecord) {
      torn = lastLength
      if (damaged === 0) damaged = chain.lines
    }
  }
  return {
    header,
    chain,
    size,
    last: found === undefined ? undefined : { text: found.text, note: found.note, size: found.checkpoint.size },
    key: keyOf(header, found),
    damaged,
    torn,
    isUnfinished,
    isSealed,
    seal,
    peeked,
  }
}

/** A record whose content is well formed too. */
function readRecord(line: Uint8Array): ReturnType<typeof parseRecord> {
  const record = parseRecord(line)
  return record?.['@audit'] === 'checkpoint' && parseCheckpointNote(record.note) === undefined ? undefined : record
}

function keyOf(header: HeaderRecord, found: Found | undefined): string {
  if (found === undefined) return keyLabel(parseVerifierKey(header.key)!)
  return found.next === undefined ? found.checkpoint.key : keyLabel(found.next)
}

function readAt(descriptor: number, from: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let read = 0
  while (read < length) {
    const more = fs.readSync(descriptor, bytes, read, length - read, from + read)
    if (more === 0) break
    read += more
  }
  return bytes.subarray(0, read)
}

/** A line from here on, with or without its newline; undefined where it is too long to be one. */
function readLine(descriptor: number, from: number, size: number): Buffer | undefined {
  for (let length = 8_192; ; length *= 4) {
    const bytes = readAt(descriptor, from, Math.min(length, size - from))
    const end = bytes.indexOf(0x0a)
    if (end >= 0) return bytes.subarray(0, end)
    if (bytes.length < length) return bytes
    if (length > MAX_LINE_BYTES) return undefined
  }
}
