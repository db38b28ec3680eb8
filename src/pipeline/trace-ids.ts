import type { Entry } from '../entry/entry.js'
import { IdContext } from '../entry/id-context.js'
import type { KeyTable } from '../entry/key.js'
import type { TracePosition } from '../entry/trace-position.js'
import { checkOption, type Rule, texts } from '../options/check.js'
import { isRecord } from '../options/is-object.js'
import type { Correlation } from './correlation.js'

const rule: Rule = {
  expected: 'an object with its three names and position()',
  accepts: (value) => {
    if (!isRecord(value) || typeof value['position'] !== 'function' || !isRecord(value['names'])) return false
    const { traceId, spanId, traceFlags } = value['names']
    return texts.accepts([traceId, spanId, traceFlags])
  },
}

/** All lines of a family. */
interface TracedLines {
  readonly table: KeyTable
  trace: TraceIds | undefined
}

/** The ids of the trace under way. They are made once for the lines of one span, which come together. */
export class TraceIds {
  private readonly ids: IdContext
  private encodedNow: TraceIds | undefined = undefined
  private at: TracePosition | undefined = undefined
  /** How many keys had been renamed when they were made: two of the names may be one since. */
  private renames = 0
  /** Whether it tells no trace any more. */
  isEnded = false

  /** @param before - Who tells the trace when this one is ended. */
  constructor(
    table: KeyTable,
    readonly correlation: Correlation,
    readonly before?: TraceIds,
  ) {
    this.ids = new IdContext(table)
  }

  /**
   * Puts those of a position on a line, but for what it names itself.
   *
   * @param isEncodedNow - Whether the line is encoded before another comes here so, and by what reads of its context nothing
   *   but the bytes: they are made once for all lines of a position.
   */
  mark(line: Entry, position: TracePosition, isEncodedNow: boolean): void {
    if (isEncodedNow) {
      const bound = (this.encodedNow ??= new TraceIds(line.table, this.correlation)).of(position)?.behind(line.context)
      if (bound !== undefined) {
        line.context = bound
        return
      }
    }
    const ids = this.of(position)
    if (ids !== undefined) line.appendMissing(ids.fields)
  }

  /** Those of a position; undefined where they are being made: a function that hides one may log. */
  of(position: TracePosition): IdContext | undefined {
    const { ids, correlation } = this
    const { renames } = ids.fields.table
    if (position === this.at && renames === this.renames) return ids
    if (ids.isInUse) return undefined
    const { names } = correlation
    this.at = undefined
    ids.clear()
    ids.isInUse = true
    try {
      ids.string(names.traceId, position.traceId)
      ids.string(names.spanId, position.spanId)
      ids.string(names.traceFlags, position.traceFlags)
    } finally {
      ids.isInUse = false
    }
    this.at = position
    this.renames = renames
    return ids
  }
}

/**
 * Has lines say which trace they belong to, as a correlation knows it.
 *
 * @returns ends that: the one before does it again.
 * @throws OptionError for what is no correlation.
 */
export function followTrace(lines: TracedLines, correlation: Correlation): () => void {
  checkOption('correlate(correlation)', correlation, rule)
  const ids = new TraceIds(lines.table, correlation, lines.trace)
  lines.trace = ids
  return () => {
    ids.isEnded = true
    while (lines.trace?.isEnded === true) lines.trace = lines.trace.before
  }
}
