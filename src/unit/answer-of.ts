import type { Logger } from '../logger.js'
import { atOnce } from '../options/at-once.js'
import type { FinishedUnit } from './finished-unit.js'

/**
 * What a function among the options says of a unit that has ended.
 *
 * @param otherwise - Where it throws or gives a promise, which is reported.
 */
export function answerOf<T>(
  logger: Logger,
  option: string,
  asked: (view: FinishedUnit) => T,
  view: FinishedUnit,
  otherwise: T,
): T {
  try {
    return atOnce(asked(view), option)
  } catch (problem) {
    logger.reportProblem(problem as Error, option)
    return otherwise
  }
}
