import { type DeclaredSet, Logger, type SomeValuesOf } from '../../src/index.js'
import type { WideFields } from './wide-fields.js'
import { currentLog } from './request-context.js'

/**
 * A logger for a part of the application that serves many requests: inside one, its lines carry the request's id, and
 * `set` reaches its wide line.
 */
export class ContextLogger extends Logger {
  // oxlint-disable-next-line no-useless-constructor -- its parent's is protected
  constructor(parent: Logger, name: string, ownLevel?: number) {
    super(parent, name, ownLevel)
  }

  /** Adds fields to the wide line of the current request; outside of one, does nothing. */
  set(fields: WideFields): void
  /** Adds fields of a declared set to it; the others may follow, or have been set already. */
  set<Declared extends DeclaredSet>(set: Declared, values: SomeValuesOf<Declared>): void
  set(fields: object, values?: object): void {
    currentLog()?.set(fields as DeclaredSet, values as never)
  }

  protected override derive(name: string, ownLevel: number | undefined): Logger {
    return new ContextLogger(this, name, ownLevel)
  }

  protected override begin(level: number): ReturnType<Logger['begin']> {
    const entry = super.begin(level)
    const log = currentLog()
    if (log !== undefined) entry.string('requestId', log.requestId)
    return entry
  }
}
