import type { TypedLine } from '../entry/entry.js'
import { LEVEL_NAMES, type LevelName } from '../entry/level.js'
import { reasonText } from '../entry/reason-text.js'
import type { Logger } from '../logger.js'
import { answerOf } from './answer-of.js'
import type { FinishedUnit } from './finished-unit.js'
import { isKept } from './tail-sampling.js'
import type { UnitLog } from './unit-log.js'
import type { CheckedUnitOptions } from './unit-options.js'
import type { UnitRecord } from './unit-record.js'
import type { UnitRegistry } from './unit-registry.js'

/** What units of one kind have of their own. */
export interface UnitKind<R extends UnitRecord> {
  /** The unit as listeners and the application's functions see it. */
  view(record: R, log: UnitLog): FinishedUnit
  /** What shares of sampling go by: a route, a name. */
  sampledBy(record: R): string
  /** Puts it on its wide line, with the fields that were set for it. */
  write(line: TypedLine, record: R, log: UnitLog): void
  /** The message of its wide line. */
  message(record: R): string
}

/**
 * Ends a unit whose outcome, level and duration are on its record: tells the listeners, writes or drops what its flight
 * recorder holds, then writes its wide line. The record is still the caller's.
 *
 * @param isWanted - Whether it gets a wide line at all.
 */
export function finishUnit<R extends UnitRecord>(
  logger: Logger,
  registry: UnitRegistry,
  kind: UnitKind<R>,
  record: R,
  log: UnitLog,
  isWanted: boolean,
): void {
  const { options } = record
  record.isSlow = record.durationMs[0] >= options.slowMs
  // Nearly always nobody asks, and nothing is made.
  const view = registry.hasListeners || asksForView(options) ? kind.view(record, log) : undefined
  if (view !== undefined && registry.hasListeners) registry.finished(view, log)
  try {
    const isRecorded = isWanted && record.held !== undefined && isWorthIt(logger, record, view)
    if (isRecorded) writeHeld(record, log)
    if (isRecorded || (isWanted && isKept(logger, kind.sampledBy, record, log, view))) {
      const line = logger.at(levelOf(logger, record, view))
      if (line !== undefined) {
        kind.write(line, record, log)
        line.msg(messageOf(logger, kind, record, view))
      }
    }
  } finally {
    giveHeld(logger, record, log)
  }
}

function asksForView(options: CheckedUnitOptions): boolean {
  return (
    options.level !== undefined ||
    typeof options.message === 'function' ||
    typeof options.recorderWhen === 'function' ||
    options.sampling?.keep !== undefined
  )
}

/** Whether what the flight recorder holds matters. A predicate that throws is reported, and answered with yes. */
function isWorthIt(logger: Logger, record: UnitRecord, view: FinishedUnit | undefined): boolean {
  const { recorderWhen } = record.options
  if (typeof recorderWhen !== 'function') {
    const hasFailed = record.outcome === 'failed' || record.hasError
    return (hasFailed && recorderWhen !== 'slow') || (record.isSlow && recorderWhen !== 'failed')
  }
  return view !== undefined && answerOf(logger, 'recorder.when', recorderWhen, view, true)
}

function writeHeld(record: UnitRecord, log: UnitLog): void {
  const { held } = record
  if (held === undefined) return
  record.droppedLines = held.dropped
  log.commit(held)
}

/** What was not written is for a recorder further out, if there is one. */
function giveHeld(logger: Logger, record: UnitRecord, log: UnitLog): void {
  const { held } = record
  if (held === undefined) return
  record.held = undefined
  log.passOn(held)
  logger.pipeline.held.give(held)
}

function levelOf(logger: Logger, record: UnitRecord, view: FinishedUnit | undefined): LevelName {
  const { level } = record.options
  if (level === undefined || view === undefined) return record.level
  const given = answerOf(logger, 'level', level, view, record.level)
  if (LEVEL_NAMES.includes(given)) return given
  logger.reportProblem(new Error(`level() gave ${reasonText(given)}, which is no level`))
  return record.level
}

function messageOf<R extends UnitRecord>(
  logger: Logger,
  kind: UnitKind<R>,
  record: R,
  view: FinishedUnit | undefined,
): string {
  const { message } = record.options
  if (typeof message === 'string') return message
  const given =
    message === undefined || view === undefined ? undefined : answerOf(logger, 'message', message, view, undefined)
  return typeof given === 'string' ? given : kind.message(record)
}
