import type { Logger } from '../logger.js'
import type { Pipeline } from '../pipeline/pipeline.js'
import { beforeExit, forgetBeforeExit } from '../pipeline/before-exit.js'
import type { FinishedUnit } from './finished-unit.js'
import { RecordPool } from './record-pool.js'
import { sortableIds, type IdGenerator } from './sortable-id.js'
import type { UnitLog } from './unit-log.js'
import { UnitRecord } from './unit-record.js'

/** Hears of the requests and units of a logger and its children: for metrics, for spans. */
export interface UnitListener {
  /** It begins. Its trace may be set now: see `UnitLog.setTrace`. */
  started?(log: UnitLog): void
  /** It has ended, and its wide line, if it is written at all, comes next. */
  finished?(unit: FinishedUnit, log: UnitLog): void
}

/** The requests and units under way of one root logger and its children, and who listens to them. */
export class UnitRegistry {
  /** Of all units of the family. */
  readonly records: RecordPool<UnitRecord>
  /** Makes ids of requests and units. */
  readonly makeId: IdGenerator = sortableIds()
  /** Whether anybody listens. */
  hasListeners = false
  /** Made anew when it changes: one that takes itself away while it is told must not hide the next. */
  private listeners: readonly UnitListener[] = []
  private newest: UnitRecord | undefined = undefined

  private constructor(private readonly logger: Logger) {
    this.records = new RecordPool(() => new UnitRecord(logger.createFields()))
    const endAll = (): void => this.endAll()
    beforeExit(endAll)
    logger.pipeline.beforeClose(() => {
      forgetBeforeExit(endAll)
      this.endAll()
    })
  }

  /** The registry of a logger's family. */
  static of(logger: Logger): UnitRegistry {
    let registry = registries.get(logger.pipeline)
    if (registry === undefined) {
      registry = new UnitRegistry(logger)
      registries.set(logger.pipeline, registry)
    }
    return registry
  }

  /** Adds a listener. @returns takes it away again. */
  listen(listener: UnitListener): () => void {
    this.listeners = [...this.listeners, listener]
    this.hasListeners = true
    return () => {
      const at = this.listeners.indexOf(listener)
      if (at >= 0) this.listeners = this.listeners.toSpliced(at, 1)
      this.hasListeners = this.listeners.length > 0
    }
  }

  /** A unit begins. */
  enter(record: UnitRecord, log: UnitLog): void {
    const { newest } = this
    record.older = newest
    if (newest !== undefined) newest.newer = record
    this.newest = record
    if (this.hasListeners) this.started(log)
  }

  /** It is over. */
  leave(record: UnitRecord): void {
    const { older, newer } = record
    if (newer === undefined) {
      if (this.newest === record) this.newest = older
    } else newer.older = older
    if (older !== undefined) older.newer = newer
    record.older = undefined
    record.newer = undefined
  }

  /** Apart from `enter`, which would make a place for what the function below needs for every unit. */
  private started(log: UnitLog): void {
    this.tell((listener) => listener.started?.(log))
  }

  /** Tells the listeners of a unit at its end. */
  finished(unit: FinishedUnit, log: UnitLog): void {
    this.tell((listener) => listener.finished?.(unit, log))
  }

  /** The program or the logger ends: whatever is under way gets its line now. */
  private endAll(): void {
    // Ending one takes it from the list; should that fail, the next one still gets its turn.
    for (let record = this.newest; record !== undefined;) {
      const { older, owner } = record
      record.isCutShort = true
      try {
        owner?.endEarly()
      } catch (problem) {
        this.logger.reportProblem(problem as Error)
      }
      record = older
    }
  }

  private tell(call: (listener: UnitListener) => unknown): void {
    for (const listener of this.listeners) {
      try {
        const given = call(listener)
        // One that is async and fails must not end the process.
        if (given instanceof Promise) given.catch((problem: unknown) => this.logger.reportProblem(problem as Error))
      } catch (problem) {
        this.logger.reportProblem(problem as Error)
      }
    }
  }
}

const registries = new WeakMap<Pipeline, UnitRegistry>()
