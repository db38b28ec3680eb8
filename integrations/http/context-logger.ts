import { type FieldBag, Logger } from '../../src/index.js'
import { currentLog } from './request-context.js'

/**
 * A logger for a part of the application that serves many requests: inside one, its lines carry the request's id, and
 * `set` reaches its wide line.
 */
export class ContextLogger extends Logger {
  constructor(parent: Logger, name: string) {
    super(parent, name, undefined)
  }

  /** Adds fields to the wide line of the current request; outside of one, does nothing. */
  set(fields: FieldBag): void {
    currentLog()?.set(fields)
  }

  protected override begin(level: number): ReturnType<Logger['begin']> {
    const entry = super.begin(level)
    const log = currentLog()
    if (log !== undefined) entry.string('requestId', log.requestId)
    return entry
  }
}
