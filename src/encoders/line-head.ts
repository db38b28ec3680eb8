import { ByteBuffer } from '../bytes/byte-buffer.js'
import { Fragment, FRAGMENT_SLACK } from '../bytes/fragment.js'
import { IsoClock, ISO_LENGTH } from '../bytes/iso-time.js'
import { writeJsonText } from '../bytes/json-text.js'
import { allocate } from '../bytes/native-buffer.js'
import { Level, LEVEL_NAMES, type LevelName, levelSlot } from '../entry/level.js'
import { writeBounded } from './bounded-text.js'

/** How the time of a line is written. */
export type TimeForm =
  /** `"2026-11-23T02:52:15.206Z"` */
  | 'iso'
  /** `1795402335206`: a number of milliseconds. */
  | 'epochMs'
  /** `"1795402335206000000"`: nanoseconds, as text, because a double holds no such number exactly. */
  | 'epochNs'

/** Appends a time. */
export type WriteTime = (out: ByteBuffer, time: Float64Array) => void

/** What all lines of a level and a logger begin with, as JSON around the time and the message. */
export interface HeadText {
  /** Up to the time's value. */
  readonly before: string
  /** From the time's value to the message. */
  readonly after: string
  /** Behind the message. */
  readonly end: string
}

/** How lines begin. */
export interface LineFormat {
  readonly time: TimeForm
  /** Writes a time that is a number: read by those who want one. */
  readonly writeEpoch?: WriteTime | undefined
  readonly message: string
  /** @param logger - Its name as a JSON string, or nothing when it has none. */
  head(level: LevelName, logger: string): HeadText
}

/** The start of a line, kept ready for a level and a logger's name. */
export class Head {
  readonly end: Fragment
  /** Bytes that {@link put} may store, or -1 when the start of these lines has no fixed length. */
  readonly length: number
  /** Where the time has always as many digits: the whole of it, which goes on with the key of the message. */
  private readonly words: Float64Array
  /** Its length, and that without the key. */
  private readonly fullLength: number
  private readonly bareLength: number
  /** Keeps the time up to date in its place among {@link words}. */
  private readonly clock: IsoClock
  /** Else what stands before and after the time. */
  private readonly before: Fragment
  private readonly after: Fragment
  private readonly writeEpoch: WriteTime | undefined

  constructor({ time: form, writeEpoch }: LineFormat, text: HeadText, messageKey: string) {
    const quote = form === 'epochMs' ? '' : '"'
    const before = text.before + quote
    const after = quote + text.after
    this.end = Fragment.of(text.end)
    this.after = Fragment.of(after + messageKey)
    this.writeEpoch = writeEpoch
    this.before = Fragment.of(before)
    const bare = form === 'iso' ? before + '0'.repeat(ISO_LENGTH) + after : after
    this.bareLength = Buffer.byteLength(bare)
    this.fullLength = Buffer.byteLength(bare + messageKey)
    const bytes = allocate((this.fullLength + 7) & ~7)
    bytes.fill(0x20)
    bytes.write(bare + messageKey)
    this.words = new Float64Array(bytes.buffer)
    this.clock = form === 'iso' ? new IsoClock(bytes, Buffer.byteLength(before)) : new IsoClock()
    this.length = form === 'iso' ? this.fullLength + FRAGMENT_SLACK : -1
  }

  /** Appends the start of a line, with the key of its message or without. */
  write(out: ByteBuffer, time: Float64Array, hasMessage: boolean): void {
    if (this.length < 0) this.writeParts(out, time, hasMessage)
    else {
      out.reserve(this.length)
      const start = out.length
      const end = this.put(out.view, start, time)
      out.length = hasMessage ? end : start + this.bareLength
    }
  }

  /** Stores the start of a line with a message from `at` on, where {@link length} is reserved, and returns the place after. */
  put(view: DataView, at: number, time: Float64Array): number {
    this.clock.set(time, 0)
    const { words } = this
    for (let i = 0; i < words.length; i++) view.setFloat64(at + (i << 3), words[i], true)
    return at + this.fullLength
  }

  private writeParts(out: ByteBuffer, time: Float64Array, hasMessage: boolean): void {
    out.fragment(this.before)
    this.writeEpoch!(out, time)
    const start = out.length
    out.fragment(this.after)
    if (!hasMessage) out.length = start + this.bareLength
  }
}

/** The heads of a logger's lines, by {@link levelSlot}. */
export function makeHeads(format: LineFormat, logger: string, maxNameUnits: number): readonly Head[] {
  const name = logger === '' ? '' : nameText(logger, maxNameUnits)
  const messageKey = `,${keyText(format.message)}`
  const heads: Head[] = []
  for (const level of LEVEL_NAMES) {
    const head = new Head(format, format.head(level, name), messageKey)
    // A number that no level has keeps the place before it filled: V8 reads a list without holes faster.
    while (heads.length <= levelSlot(Level[level])) heads.push(head)
  }
  return heads
}

function nameText(logger: string, maxUnits: number): string {
  const out = new ByteBuffer(64)
  writeBounded(out, logger, maxUnits, writeJsonText)
  return out.toString()
}

/** `,"name":` */
export function keyFragment(name: string): Fragment {
  return Fragment.of(`,${keyText(name)}`)
}

/** `"name":` */
export function keyText(name: string): string {
  const out = new ByteBuffer(64)
  writeJsonText(out, name)
  return `${out.toString()}:`
}
