import type { Fields } from '../entry/fields.js'
import type { FieldWriter } from '../entry/field.js'
import type { HeldLines } from '../pipeline/held-lines.js'
import { type LevelName, SILENT } from '../entry/level.js'
import type { Outcome } from './finished-unit.js'
import { NO_OPTIONS, type CheckedUnitOptions } from './unit-options.js'

/** What declared fields need of a unit's log. */
export interface FieldsTarget {
  /** What the unit works on: the framework's request, a message. */
  readonly request: unknown
  /** Where declared fields are written. */
  readonly fields: FieldWriter
  /** Told of a field that could not be read. */
  reportProblem(problem: Error): void
}

/** What serves a unit, where a framework knows it. */
export interface HandlerInfo {
  /** The route's template, such as `/orders/:id`. */
  readonly route: string
  /** The class's name. */
  readonly controller: string
  /** The method's name. */
  readonly handler: string
  /** The level of its wide lines where all went well. Default `info`. */
  readonly level?: LevelName | undefined
  /** Whether its units get no wide line unless they fail. */
  readonly isQuiet?: boolean | undefined
  /** Writes the handler's declared fields that come from the request itself. */
  readonly fields?: { fromRequest(log: FieldsTarget): void } | undefined
}

/** Ends a unit before its time, because the program or the logger ends. */
export interface EarlyEnd {
  /** The program or the logger ends: so does the unit. */
  endEarly(): void
}

/** The pooled state of one unit. Whoever took it from its {@link RecordPool} gives it back once, when the unit ends. */
export class UnitRecord {
  /** What the application set for the wide line. */
  readonly fields: Fields
  /** Those of its wide line. */
  options: CheckedUnitOptions = NO_OPTIONS
  /** A unit's name; a request has none. */
  name = ''
  /** What the unit works on: the framework's request, a message. */
  request: unknown = undefined
  /** What serves it, where that is known. */
  handledBy: HandlerInfo | undefined = undefined
  /** The handlers whose declared fields are written. */
  readonly claimed: Set<object> = new Set()
  /** What it failed with. */
  error: unknown = undefined
  /** Whether it has an error, which may be undefined. */
  hasError = false
  /** @internal Whether its options say who asked for it, whose trace it continues. */
  hasCaller = false
  /** Whether the program or the logger ended before it. */
  isCutShort = false
  /** The logger's ticks at the start, in milliseconds. A place, so that it is not boxed. */
  readonly startedAt: Float64Array = new Float64Array(1)
  /** The level from which the flight recorder takes lines. */
  recorderLevel: number = SILENT
  /** @internal Lines its flight recorder holds. */
  held: HeldLines | undefined = undefined
  /** How it ended: set when it has. */
  outcome: Outcome = 'completed'
  /** The wide line's. */
  level: LevelName = 'info'
  /** Whether it took `slowMs` or longer. */
  isSlow = false
  /** The share of its like that is written. 1: all. */
  share = 1
  /** Lines its flight recorder had no room for, of those that are written. */
  droppedLines = 0
  /** Milliseconds it took, with three decimals. */
  readonly durationMs: Float64Array = new Float64Array(1)
  /** Whoever ends it before its time. */
  owner: EarlyEnd | undefined = undefined
  /** Its neighbours among the units under way. */
  older: UnitRecord | undefined = undefined
  /** The neighbour that began after it. */
  newer: UnitRecord | undefined = undefined
  /** Whether nobody uses it: it belongs to the pool. */
  isFree = false

  constructor(fields: Fields) {
    this.fields = fields
  }

  /** Lets go of everything of the unit. Its held lines are given back before. */
  clear(): void {
    this.fields.clear()
    this.options = NO_OPTIONS
    this.name = ''
    this.request = undefined
    this.handledBy = undefined
    if (this.claimed.size > 0) this.claimed.clear()
    this.error = undefined
    this.hasError = false
    this.hasCaller = false
    this.isCutShort = false
    this.recorderLevel = SILENT
    this.owner = undefined
    this.share = 1
    this.droppedLines = 0
  }
}
