import { ByteBuffer } from '../bytes/byte-buffer.js'
import { JsonEncoder } from '../encoders/json-encoder.js'
import type { Entry } from '../entry/entry.js'
import { Level, LEVEL_NAMES, type LevelName, levelName } from '../entry/level.js'
import { checkOptions, integer, oneOf, text } from '../options/check.js'
import { isRecord } from '../options/is-object.js'
import type { Output, OutputStats } from '../outputs/output.js'
import type { FilterSource } from './filter/compile.js'
import { filter, type Filter, filterAt, type FilterLike, filterRule } from './filter.js'

/** Options of {@link recent}. */
export interface RecentOptions {
  /** Lines kept; the oldest makes room for the next. Integer from 1 to 1,000,000. Default 100. */
  readonly lines?: number
  /** Lines it does not match are not kept. Default: all. */
  readonly filter?: FilterLike
}

/** Which of the kept lines are wanted. */
export interface RecentQuery {
  /** From this level on. */
  readonly level?: LevelName
  /** Of this logger; `app.*` is `app` and what is below it. */
  readonly logger?: string
  /** Lines for which it holds. */
  readonly filter?: FilterLike
  /** Only so many, the newest. */
  readonly last?: number
}

/** A look at what came last. */
export interface RecentLines extends Output {
  /** Kept lines, the oldest first, as JSON without newlines. @throws OptionError */
  show(query?: RecentQuery): string[]
  /** Those of them that hold a text, in any case, or match a pattern. @throws OptionError */
  grep(what: string | RegExp, query?: RecentQuery): string[]
  /** Forgets the lines; the statistics stay. */
  clear(): void
}

const START_BYTES = 256
/** A line's buffer that grew beyond this is not kept for the next line. */
const MAX_KEPT_BYTES = 16_384
const NEWLINE = 0x0a
const DEFAULTS: RecentOptions = { lines: 100 }
const RULES = { lines: integer(1, 1_000_000), filter: filterRule }
const QUERY_RULES = { level: oneOf(...LEVEL_NAMES), logger: text, filter: filterRule, last: integer(1, 1_000_000) }

/** The bytes of one line. */
class Slot {
  buffer = new ByteBuffer(START_BYTES)
  level = 0
}

class RecentRing implements RecentLines {
  private readonly encoder = new JsonEncoder()
  private readonly slots: Slot[] = []
  private readonly filter: Filter | undefined
  private readonly size: number
  /** Lines begun so far; the next one takes the place of the one that many before it. */
  private begun = 0
  /** The one that comes as bytes. */
  private line: Slot | undefined = undefined
  private accepted = 0
  private bytes = 0

  constructor(options: RecentOptions) {
    const { lines, filter: given } = checkOptions<RecentOptions>('recent', options, DEFAULTS, RULES)
    this.size = lines!
    this.filter = given === undefined ? undefined : filterAt('recent.filter', given)
  }

  receive(entry: Entry): void {
    if (this.filter !== undefined && !this.filter.matches(entry)) {
      this.accepted++
      return
    }
    // Taken before it is filled: a value that logs while it is read gets the next one.
    const slot = this.take()
    this.encoder.encode(entry, slot.buffer)
    this.keep(slot, entry.level)
  }

  begin(): ByteBuffer {
    // Begun anew without a commit, the line is the same one.
    const line = (this.line ??= this.take())
    line.buffer.length = 0
    return line.buffer
  }

  commit(level: number): void {
    const { line } = this
    if (line === undefined) return
    this.line = undefined
    this.keep(line, level)
  }

  show(query?: RecentQuery): string[] {
    const { level, logger, filter: given, last } = checkOptions<RecentQuery>('show', query, {}, QUERY_RULES)
    const tests: Filter[] = []
    if (logger !== undefined) tests.push(filter({ logger }))
    if (given !== undefined) tests.push(filter(given))
    const found: string[] = []
    for (let n = Math.max(0, this.begun - this.size); n < this.begun; n++) {
      const slot = this.slots[n % this.size]
      if (slot.level === 0 || (level !== undefined && slot.level < Level[level])) continue
      const line = slot.buffer.toString()
      if (tests.length > 0 && !tests.every((test) => test.matchesLine(new ParsedLine(line, slot.level)))) continue
      found.push(line)
    }
    return last === undefined ? found : found.slice(-last)
  }

  grep(what: string | RegExp, query?: RecentQuery): string[] {
    const { last, ...rest } = query ?? {}
    const lines = this.show(rest)
    const wanted = typeof what === 'string' ? what.toLowerCase() : what
    const found = lines.filter((line) =>
      typeof wanted === 'string' ? line.toLowerCase().includes(wanted) : line.search(wanted) >= 0,
    )
    return last === undefined ? found : found.slice(-last)
  }

  clear(): void {
    this.slots.length = 0
    this.begun = 0
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }

  flushSync(): void {
    // Nothing waits: a line is kept when it is given.
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  stats(): OutputStats {
    const { accepted, bytes } = this
    return { accepted, written: accepted, pending: 0, failed: 0, dropped: {}, bytes }
  }

  private take(): Slot {
    const at = this.begun++ % this.size
    let slot = this.slots[at]
    // One that is being filled is left to whoever fills it.
    if (slot === undefined || slot.level === 0) this.slots[at] = slot = new Slot()
    slot.level = 0
    if (slot.buffer.bytes.length > MAX_KEPT_BYTES) slot.buffer = new ByteBuffer(START_BYTES)
    slot.buffer.length = 0
    return slot
  }

  private keep(slot: Slot, level: number): void {
    const { buffer } = slot
    if (buffer.length > 0 && buffer.bytes[buffer.length - 1] === NEWLINE) buffer.length--
    slot.level = level
    this.accepted++
    this.bytes += buffer.length
  }
}

/** A kept line as a filter sees it. */
class ParsedLine implements FilterSource {
  readonly time: number
  readonly logger: string
  readonly message: string | undefined
  private readonly fields: Readonly<Record<string, unknown>>

  constructor(
    line: string,
    readonly severity: number,
  ) {
    this.fields = parsed(line)
    const { time, logger, msg } = this.fields
    this.time = typeof time === 'string' ? Date.parse(time) : Number.NaN
    this.logger = typeof logger === 'string' ? logger : ''
    this.message = typeof msg === 'string' ? msg : undefined
  }

  get(field: string): unknown {
    return field === 'level'
      ? levelName(this.severity)
      : Object.hasOwn(this.fields, field)
        ? this.fields[field]
        : undefined
  }
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : {}
  } catch {
    // Bytes in another format, held and written by someone else: they have no fields to go by.
    return {}
  }
}

/**
 * Keeps the lines that came last, as JSON, for a look at them: `show` and `grep`. It costs nothing until it is given to a
 * logger, and then no memory beyond its lines.
 *
 * @throws OptionError
 * @example
 * const ring = recent({ lines: 200 })
 * const stop = log.addOutput(ring)
 * ring.show({ level: 'warn', logger: 'app.*', last: 20 })
 * ring.grep(/timeout/, { filter: 'durationMs > 500' })
 */
export function recent(options: RecentOptions = {}): RecentLines {
  return new RecentRing(options)
}
