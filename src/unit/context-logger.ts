import type { Entry } from '../entry/entry.js'
import { levelName } from '../entry/level.js'
import type { DeclaredSet, SomeValuesOf } from '../entry/field.js'
import { Logger } from '../logger.js'
import type { LineScope } from '../pipeline/line-scope.js'
import type { WideFields } from './registered-fields.js'
import { currentLog } from './unit-context.js'

/**
 * A logger for a part of the application that serves many requests or units: inside one, its lines carry the ids of that,
 * its flight recorder hears them, and `set` reaches its wide line.
 */
export class ContextLogger extends Logger {
  // oxlint-disable-next-line no-useless-constructor -- its parent's is protected
  constructor(parent: Logger, name: string, ownLevel?: number) {
    super(parent, name, ownLevel)
  }

  /** Adds fields to the wide line of the current request or unit; outside of one, does nothing. */
  set(fields: WideFields): void
  /** Adds fields of a declared set to it; the others may follow, or have been set already. */
  set<Declared extends DeclaredSet>(set: Declared, values: SomeValuesOf<Declared>): void
  set(fields: object, values?: object): void {
    currentLog()?.set(fields as DeclaredSet, values as never)
  }

  /** @internal */
  override get currentScope(): LineScope | undefined {
    const log = currentLog()
    return log?.pipeline === this.pipeline ? log : this.scope
  }

  /** @internal */
  protected override derive(name: string, ownLevel: number | undefined): Logger {
    return new ContextLogger(this, name, ownLevel)
  }

  /** @internal */
  protected override admits(level: number): boolean {
    if (super.admits(level)) return true
    // Asking for the current log costs more than a line that is off should: only where there is a recorder at all.
    const { hasRecorders, hasOwnLevels } = this.pipeline
    if (!hasRecorders && !hasOwnLevels) return false
    const log = currentLog()
    if (log === undefined || log.pipeline !== this.pipeline) return false
    // A request that is debugged is so in every part of the application.
    return level >= log.heldFrom || (hasOwnLevels && !log.isClosed && log.isEnabled(levelName(level)))
  }

  /** @internal */
  protected override logShort(level: number, count: number, first: unknown, second: unknown, third: unknown): boolean {
    const log = currentLog()
    if (log === undefined) return super.logShort(level, count, first, second, third)
    // That of another application is told by columns.
    return log.pipeline === this.pipeline && this.shortIn(log, level, count, first, second, third)
  }

  /** @internal */
  protected override begin(level: number): Entry {
    const log = currentLog()
    if (log === undefined) return super.begin(level)
    if (log.pipeline === this.pipeline) return this.beginIn(log, level)
    // The application's other logger follows the request: its ids are of use here too, its recorder is not.
    const entry = super.begin(level)
    log.mark(entry)
    return entry
  }
}
