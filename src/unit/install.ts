import type { FieldBag } from '../entry/field.js'
import { Logger } from '../logger.js'
import { callback, checkOption } from '../options/check.js'
import { HeldLog, type HoldOptions, holdWhile } from './held-log.js'
import { runUnit } from './run-unit.js'
import type { UnitLog } from './unit-log.js'
import type { UnitOptions } from './unit-options.js'
import { type UnitListener, UnitRegistry } from './unit-registry.js'

declare module '../logger.js' {
  // Its parameter must be named as there.
  interface Logger<Bag extends object = FieldBag> {
    /**
     * Runs work that is no request — a job, a message of a queue or a socket, a remote call — and writes one wide line
     * when it ends: when the function returns, the promise that it returns settles, or the generator that it returns is
     * over or left. What it throws is on the line, and thrown on. A unit within another, or within a request, belongs to its
     * trace.
     *
     * @returns what the function returns.
     * @throws OptionError when an option cannot be used, before the function is called.
     * @example
     * await log.unit('nightly-report', async (unit) => {
     *   unit.set({ rows: await buildReport() })
     * })
     */
    unit<T>(name: string, run: (unit: UnitLog) => T): T
    unit<T>(name: string, options: UnitOptions, run: (unit: UnitLog) => T): T
    /**
     * A logger whose lines are held back until `commit()` writes them or `discard()` forgets them.
     *
     * @throws OptionError when an option cannot be used.
     * @example
     * const log = req.log.hold({ commitOn: 'error', level: 'debug' })
     */
    hold(options?: HoldOptions): HeldLog
    /** Holds the lines of a function: written if it throws or rejects, forgotten if it does not. */
    hold<T>(options: HoldOptions, run: (log: HeldLog) => T): T
    /**
     * Hears of the beginning and the end of each request and unit of this logger's family: for metrics, for spans.
     *
     * @returns takes the listener away again.
     */
    observeUnits(listener: UnitListener): () => void
  }
}

/** The methods that are declared here. Named in the package's index, so that its declarations lead to this file. */
export type UnitMethods = Pick<Logger, 'unit' | 'hold' | 'observeUnits'>

/** Gives loggers the methods that make loggers of a more particular kind, which the logger itself knows nothing of. */
export function installUnits(): void {
  if (Object.hasOwn(Logger.prototype, 'unit')) return
  Object.defineProperties(Logger.prototype, {
    unit: method(function <T>(
      this: Logger,
      name: string,
      options: UnitOptions | ((unit: UnitLog) => T),
      run?: (unit: UnitLog) => T,
    ): T {
      if (typeof options === 'function') return runUnit(this, name, undefined, options)
      return runUnit(this, name, options, run!)
    }),
    hold: method(function <T>(this: Logger, options: HoldOptions = {}, run?: (log: HeldLog) => T): HeldLog | T {
      if (run !== undefined) checkOption('hold(run)', run, callback)
      const log = new HeldLog(this, options)
      return run === undefined ? log : holdWhile(log, run)
    }),
    observeUnits: method(function (this: Logger, listener: UnitListener): () => void {
      return UnitRegistry.of(this).listen(listener)
    }),
  })
}

function method(value: unknown): PropertyDescriptor {
  return { value, configurable: true, writable: true, enumerable: false }
}
