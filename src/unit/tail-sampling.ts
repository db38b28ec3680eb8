import type { Logger } from '../logger.js'
import { answerOf } from './answer-of.js'
import type { FinishedUnit } from './finished-unit.js'
import type { UnitLog } from './unit-log.js'
import type { UnitRecord } from './unit-record.js'

/** Digits of a trace id that are looked at, from its end, where it is random: 52 bits, which a number holds exactly. */
const DIGITS = 13
const RANGE = 2 ** (4 * DIGITS)

/**
 * Whether a wide line is written. What failed, was broken off, was slow or is at `error` always is; of the rest a share, which
 * is noted on the record for the line. Whether one belongs to the share is told by its trace id, so that all lines of a
 * trace are written or none, in every service that keeps the same share.
 */
export function isKept<R extends UnitRecord>(
  logger: Logger,
  nameOf: (record: R) => string,
  record: R,
  log: UnitLog,
  view: FinishedUnit | undefined,
): boolean {
  const { sampling } = record.options
  if (sampling === undefined) return true
  if (record.outcome !== 'completed' || record.hasError || record.isSlow || record.level === 'error') return true
  const { share = 1, routes, keep } = sampling
  const name = nameOf(record)
  const ownShare = routes !== undefined && Object.hasOwn(routes, name) ? routes[name] : share
  if (ownShare >= 1) return true
  // What cannot be judged is kept.
  if (keep !== undefined && view !== undefined && answerOf(logger, 'sampling.keep', keep, view, true)) return true
  record.share = ownShare
  return parseInt(log.traceId.slice(-DIGITS), 16) < ownShare * RANGE
}
