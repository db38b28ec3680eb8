import { ByteBuffer } from '../bytes/byte-buffer.js'
import { Fragment } from '../bytes/fragment.js'
import { IsoClock, ISO_LENGTH } from '../bytes/iso-time.js'
import { writeJsonText } from '../bytes/json-text.js'
import { LEVEL_NAMES, type LevelName } from '../entry/level.js'
import { writeBounded } from './bounded-text.js'
import { writeEpochMs, writeEpochNs } from './epoch-time.js'

/** How the time of a line is written. */
export type TimeForm =
  /** `"2026-11-23T02:52:15.206Z"` */
  | 'iso'
  /** `1795402335206`: a number of milliseconds. */
  | 'epochMs'
  /** `"1795402335206000000"`: nanoseconds, as text, because a double holds no such number exactly. */
  | 'epochNs'

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
  readonly message: string
  /** @param logger - Its name as a JSON string, or nothing when it has none. */
  head(level: LevelName, logger: string): HeadText
}

/** The start of a line, kept ready for a level and a logger's name. */
export interface Head {
  readonly end: Fragment
  write(out: ByteBuffer, time: Float64Array): void
}

/** With a time that is brought up to date in its place, so that the whole head is copied at once. */
class IsoHead implements Head {
  readonly end: Fragment
  private readonly fragment: Fragment
  private readonly clock: IsoClock

  constructor(text: HeadText) {
    const before = `${text.before}"`
    this.end = Fragment.of(text.end)
    this.fragment = Fragment.of(`${before}${'0'.repeat(ISO_LENGTH)}"${text.after}`)
    this.clock = new IsoClock(this.fragment.bytes, Buffer.byteLength(before))
  }

  write(out: ByteBuffer, time: Float64Array): void {
    this.clock.set(time, 0)
    out.fragment(this.fragment)
  }
}

/** With a time whose digits may become more or fewer. */
class EpochHead implements Head {
  readonly end: Fragment
  private readonly before: Fragment
  private readonly after: Fragment

  constructor(
    text: HeadText,
    quote: string,
    private readonly writeTime: (out: ByteBuffer, time: Float64Array) => void,
  ) {
    this.end = Fragment.of(text.end)
    this.before = Fragment.of(text.before + quote)
    this.after = Fragment.of(quote + text.after)
  }

  write(out: ByteBuffer, time: Float64Array): void {
    out.fragment(this.before)
    this.writeTime(out, time)
    out.fragment(this.after)
  }
}

/** The heads of a logger's lines, by level. */
export function makeHeads(format: LineFormat, logger: string, maxNameUnits: number): readonly Head[] {
  const name = logger === '' ? '' : nameText(logger, maxNameUnits)
  return LEVEL_NAMES.map((level) => makeHead(format.time, format.head(level, name)))
}

function nameText(logger: string, maxUnits: number): string {
  const out = new ByteBuffer(64)
  if (logger.length <= maxUnits >> 2) writeJsonText(out, logger)
  else writeBounded(out, logger, maxUnits, writeJsonText)
  return out.toString()
}

function makeHead(time: TimeForm, text: HeadText): Head {
  if (time === 'iso') return new IsoHead(text)
  return time === 'epochMs' ? new EpochHead(text, '', writeEpochMs) : new EpochHead(text, '"', writeEpochNs)
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
