import type { TypedLine } from '../entry/entry.js'
import type { LevelName } from '../entry/level.js'
import type { Logger } from '../logger.js'
import { callback, checkOption } from '../options/check.js'
import type { FinishedUnit } from './finished-unit.js'
import { finishUnit, type UnitKind } from './finish-unit.js'
import { follow, isOngoing } from './ongoing.js'
import { isThenable } from './thenable.js'
import { TraceContext, isTraceparent } from './trace-context.js'
import { currentLog, runWithLog } from './unit-context.js'
import { UnitLog } from './unit-log.js'
import { type CheckedUnitOptions, checkUnitName, checkUnitOptions, type UnitOptions } from './unit-options.js'
import type { UnitRecord } from './unit-record.js'
import { UnitRegistry } from './unit-registry.js'
import { wideKeys, writeCommon, writeHandler } from './wide-fields.js'

const MESSAGES = { completed: 'unit completed', aborted: 'unit aborted', failed: 'unit failed' } as const

const RESERVED = wideKeys(['unit', 'unitId'])

const KIND: UnitKind<UnitRecord> = {
  view: viewOf,
  sampledBy: (record) => record.name,
  write(line: TypedLine, record: UnitRecord, log: UnitLog): void {
    line.string('unit', record.name)
    if (log.unitId !== undefined) line.string('unitId', log.unitId)
    if (log.requestId !== undefined) line.string('requestId', log.requestId)
    line.string('outcome', record.outcome).duration('durationMs', record.durationMs[0])
    writeCommon(line, record, log)
    writeHandler(line, record)
    line.append(record.fields, RESERVED)
    if (record.hasError) line.error('error', record.error)
  },
  message: (record) => MESSAGES[record.outcome],
}

/** A unit under way. */
class Unit {
  readonly log: UnitLog

  constructor(
    private readonly logger: Logger,
    private readonly registry: UnitRegistry,
    name: string,
    options: UnitOptions | undefined,
    checked: CheckedUnitOptions | undefined,
  ) {
    const record = registry.records.take()
    record.name = name
    record.startedAt[0] = logger.ticks()
    record.owner = this
    // Before its log is made, which reads from which level it takes lines.
    if (checked !== undefined) {
      record.options = checked
      record.recorderLevel = checked.recorderLevel
      logger.expectRecorder(checked.recorderLevel)
    }
    const around = UnitLog.of(logger) ?? currentLog()
    this.log = new UnitLog(logger, record, around?.requestId, options?.id ?? registry.makeId(), around)
    if (options !== undefined) {
      record.request = options.request
      if (options.fields !== undefined) record.fields.all(options.fields)
    }
    if (options !== undefined && isTraceparent(options.traceparent)) {
      record.hasCaller = true
      this.log.setTrace(TraceContext.of(options.traceparent, options.tracestate))
    } else if (around !== undefined) this.log.setTrace(around.traceContext.child())
    registry.enter(record, this.log)
  }

  endEarly(): void {
    this.end()
  }

  fail(error: unknown): void {
    // It may have been ended before.
    if (!this.log.isClosed) this.log.setError(error)
    this.end()
  }

  /** Writes the wide line. Never throws; a second call does nothing. */
  end(): void {
    const { logger, registry, log } = this
    const record = log.finish()
    if (record === undefined) return
    registry.leave(record)
    try {
      const elapsed = logger.ticks() - record.startedAt[0]
      record.durationMs[0] = Math.round(elapsed * 1000) / 1000
      const isBrokenOff = record.isCutShort || (record.hasError && isAbort(record.error))
      record.outcome = isBrokenOff ? 'aborted' : record.hasError ? 'failed' : 'completed'
      record.level = levelOf(record)
      finishUnit(logger, registry, KIND, record, log, record.hasError || record.handledBy?.isQuiet !== true)
    } catch (problem) {
      logger.reportProblem(problem as Error)
    } finally {
      registry.records.give(record)
    }
  }
}

/** Runs a function as a unit. See `Logger.unit`. */
export function runUnit<T>(
  logger: Logger,
  name: string,
  options: UnitOptions | undefined,
  run: (unit: UnitLog) => T,
): T {
  checkUnitName(name)
  checkOption('unit', run, callback)
  const checked = options === undefined ? undefined : checkUnitOptions(options)
  const unit = new Unit(logger, UnitRegistry.of(logger), name, options, checked)
  try {
    const within = <S>(step: () => S): S => (options?.context === false ? step() : runWithLog(unit.log, step))
    const result = within(() => begun(run(unit.log)))
    if (isOngoing(result)) {
      return follow(
        result,
        () => unit.end(),
        (error) => unit.fail(error),
        within,
      )
    }
    unit.end()
    return result
  } catch (error) {
    unit.fail(error)
    throw error
  }
}

/** A lazy query begins when it is waited for: that is to be within its unit. */
function begun<T>(result: T): T {
  return !(result instanceof Promise) && isThenable(result) ? (result.then((value) => value) as T) : result
}

function levelOf({ outcome, handledBy }: UnitRecord): LevelName {
  if (outcome === 'failed') return 'error'
  return outcome === 'aborted' ? 'warn' : (handledBy?.level ?? 'info')
}

/** Whether an error says that the work was given up on purpose. */
function isAbort(error: unknown): boolean {
  try {
    return typeof error === 'object' && error !== null && (error as { name?: unknown }).name === 'AbortError'
  } catch {
    // An error that does not tell its name is an error.
    return false
  }
}

function viewOf(record: UnitRecord, log: UnitLog): FinishedUnit {
  return {
    kind: 'unit',
    name: record.name,
    outcome: record.outcome,
    level: record.level,
    durationMs: record.durationMs[0],
    isSlow: record.isSlow,
    startedAt: Date.now() - record.durationMs[0],
    trace: log.traceContext,
    requestId: log.requestId,
    hasError: record.hasError,
    error: record.error,
    fields: record.fields,
    request: record.request,
    controller: record.handledBy?.controller,
    handler: record.handledBy?.handler,
    method: undefined,
    route: record.handledBy?.route,
    url: undefined,
    status: undefined,
    firstByteMs: undefined,
    requestBytes: undefined,
    responseBytes: undefined,
    remoteAddress: undefined,
    userAgent: undefined,
  }
}
