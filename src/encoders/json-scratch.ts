import { ByteBuffer } from '../bytes/byte-buffer.js'
import type { Fields } from '../entry/fields.js'
import { JsonEncoder } from './json-encoder.js'
import type { ValueLimits } from './limits.js'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const COMMA = 0x2c

const START_BYTES = 1024
/** A scratch that one large value has made grow beyond this is not kept. */
const MAX_KEPT_BYTES = 65_536

/**
 * Values as JSON, for the formats that rewrite it: so there is one reader of values, with its bounds and its answers to
 * hostile ones. Whoever writes takes a {@link mark} first and releases to it at last, in `finally`: a value that logs
 * while it is read puts its own behind.
 */
export class JsonScratch {
  /** Whether the value written last is all there, and not a mark in its place. */
  isWhole = true
  private readonly json: JsonEncoder
  private buffer = new ByteBuffer(START_BYTES)

  constructor(limits: ValueLimits) {
    this.json = new JsonEncoder(limits)
  }

  /** Where the bytes are. Read it again after every write. */
  get bytes(): Uint8Array {
    return this.buffer.bytes
  }

  /** The place behind what was written last. */
  get end(): number {
    return this.buffer.length
  }

  mark(): number {
    return this.buffer.length
  }

  release(mark: number): void {
    this.buffer.length = mark
    if (mark === 0 && this.buffer.bytes.length > MAX_KEPT_BYTES) this.buffer = new ByteBuffer(START_BYTES)
  }

  /**
   * Writes a field's value, in about so many bytes at most. Returns where it begins, or -1 when it has no JSON form.
   */
  value(fields: Fields, row: number, room: number): number {
    const start = this.buffer.length
    // Asked for before: a value may add an output, which renames keys.
    const from = start + fields.keys[row].json.length
    this.isWhole = this.json.encodeField(fields, row, this.buffer, start + Math.max(room, 0))
    return this.buffer.length === start ? -1 : from
  }

  /** What was written, as a text. @param from - Where it begins. */
  text(from: number): string {
    return this.buffer.toString(from)
  }

  /** Copies bytes from elsewhere. Returns where they begin. */
  copy(source: Uint8Array, from: number, to: number): number {
    const start = this.buffer.length
    this.buffer.copyRange(source, from, to)
    return start
  }
}

/** The place behind the JSON string that begins at `at`, in JSON that is known to be whole. */
export function endOfString(bytes: Uint8Array, at: number): number {
  for (at++; bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++
  return at + 1
}

/** The place behind the JSON value that begins at `at`, in JSON that is known to be whole. */
export function endOfValue(bytes: Uint8Array, at: number): number {
  let depth = 0
  for (;;) {
    const byte = bytes[at]
    if (byte === QUOTE) at = endOfString(bytes, at)
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++
      at++
      continue
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--
      at++
    } else if (depth > 0) at++
    else at = endOfScalar(bytes, at)
    if (depth === 0) return at
  }
}

/** The place behind a number or a literal: where it ends, its container goes on. */
function endOfScalar(bytes: Uint8Array, at: number): number {
  while (bytes[at] !== COMMA && bytes[at] !== CLOSE_BRACE && bytes[at] !== CLOSE_BRACKET) at++
  return at
}
