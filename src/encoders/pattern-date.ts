import { ByteBuffer } from '../bytes/byte-buffer.js'
import { MAX_NUMBER_BYTES, putNumberAt } from '../bytes/decimal.js'
import { isDateTime } from './bare-time.js'

const ISO_8601 = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"
const EPOCH_MS = 'epochMs'

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const DAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ')

/** A part of a date: its letters, or a text between them. */
interface DatePart {
  readonly letters: DateLetters | ''
  readonly text: string
}

const DATE_LETTERS = ['yyyy', 'yy', 'MM', 'MMM', 'dd', 'EEE', 'HH', 'mm', 'ss', 'SSS', 'XXX'] as const
type DateLetters = (typeof DATE_LETTERS)[number]

/** Tells where, in units from the start of a date's format, it cannot be understood. */
export class DateFormatError extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message)
  }
}

/**
 * Writes times in a format of Java's letters: `yyyy yy MM MMM dd EEE HH mm ss SSS XXX`, with text that has letters in
 * single quotes; or as `ISO8601` or `epochMs`. Formats anew each second, and stores the milliseconds in between.
 */
export class DateFormat {
  private readonly parts: readonly DatePart[]
  private readonly isEpoch: boolean
  /** The text of {@link second}; owned by this format. */
  private readonly text = new ByteBuffer(32)
  /** Where milliseconds stand in it. */
  private readonly places: number[] = []
  private second = NaN
  /** A time without its fraction, which is cut off as it is by `json()`. */
  private readonly whole = new Float64Array(1)

  /** @throws DateFormatError for letters it does not know. */
  constructor(
    format: string,
    private readonly isLocal: boolean,
  ) {
    this.isEpoch = format === EPOCH_MS
    this.parts = this.isEpoch ? [] : parseParts(format === 'ISO8601' ? ISO_8601 : format)
  }

  /** Appends a time, in milliseconds since the epoch; `null` where there is no such date. */
  write(out: ByteBuffer, times: ArrayLike<number>, index: number): void {
    const time = Math.trunc(times[index])
    if (!isDateTime(time)) out.text('null')
    else if (this.isEpoch) {
      this.whole[0] = time
      out.reserve(MAX_NUMBER_BYTES)
      out.length = putNumberAt(out.view, out.length, this.whole, 0)
    } else {
      const second = Math.floor(time / 1000)
      if (second !== this.second) this.format(second)
      this.putMilliseconds(time - second * 1000)
      out.copyRange(this.text.bytes, 0, this.text.length)
    }
  }

  private putMilliseconds(ms: number): void {
    const { bytes } = this.text
    for (let i = 0; i < this.places.length; i++) {
      const place = this.places[i]
      bytes[place] = 0x30 + Math.floor(ms / 100)
      bytes[place + 1] = 0x30 + (Math.floor(ms / 10) % 10)
      bytes[place + 2] = 0x30 + (ms % 10)
    }
  }

  private format(second: number): void {
    const { text, places } = this
    this.second = second
    text.length = 0
    places.length = 0
    const date = new Date(second * 1000)
    const offset = this.isLocal ? -date.getTimezoneOffset() : 0
    if (this.isLocal) showLocal(date)
    for (const part of this.parts) {
      if (part.letters === 'SSS') places.push(text.length)
      text.text(part.letters === '' ? part.text : shown(date, part.letters, offset))
    }
  }
}

/** Moves a date so that the time which UTC shows is the local one. Not by its offset: those of old times have seconds, too. */
function showLocal(date: Date): void {
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()]
  date.setUTCFullYear(date.getFullYear(), date.getMonth(), date.getDate())
  date.setUTCHours(hours, minutes, seconds)
}

function shown(date: Date, letters: DateLetters, offset: number): string {
  switch (letters) {
    case 'yyyy':
      return pad(date.getUTCFullYear(), 4)
    case 'yy':
      return pad(Math.abs(date.getUTCFullYear()) % 100, 2)
    case 'MM':
      return pad(date.getUTCMonth() + 1, 2)
    case 'MMM':
      return MONTHS[date.getUTCMonth()]
    case 'dd':
      return pad(date.getUTCDate(), 2)
    case 'EEE':
      return DAYS[date.getUTCDay()]
    case 'HH':
      return pad(date.getUTCHours(), 2)
    case 'mm':
      return pad(date.getUTCMinutes(), 2)
    case 'ss':
      return pad(date.getUTCSeconds(), 2)
    case 'SSS':
      return '000'
    default:
      return offsetText(offset)
  }
}

/** `Z`, `+01:00`. */
function offsetText(minutes: number): string {
  const size = Math.trunc(Math.abs(minutes))
  if (size === 0) return 'Z'
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}:${pad(size % 60, 2)}`
}

function pad(value: number, digits: number): string {
  return value < 0 ? `-${pad(-value, digits)}` : String(value).padStart(digits, '0')
}

/** Two quotes are one, within a quoted text and alone. */
function quotedText(run: string): string {
  return run === "''" ? "'" : run.slice(1, -1).replaceAll("''", "'")
}

function parseParts(format: string): DatePart[] {
  if (format === '') throw new DateFormatError(0, 'none')
  const parts: DatePart[] = []
  let at = 0
  while (at < format.length) {
    const run = /^(?:([A-Za-z])\1*|'(?:[^']|'')*'|[^A-Za-z']+)/.exec(format.slice(at))?.[0]
    if (run === undefined) throw new DateFormatError(at, 'a quote without its end')
    if (run.startsWith("'")) parts.push({ letters: '', text: quotedText(run) })
    else if (!/^[A-Za-z]/.test(run)) parts.push({ letters: '', text: run })
    else {
      const letters = DATE_LETTERS.find((known) => known === run)
      if (letters === undefined) throw new DateFormatError(at, `${run}, which is none of ${DATE_LETTERS.join(' ')}`)
      parts.push({ letters, text: '' })
    }
    at += run.length
  }
  return parts
}
