import type { FieldBag } from '../entry/field.js'
import { Level, LEVEL_NAMES, type LevelName, SILENT } from '../entry/level.js'
import {
  callback,
  checkOption,
  checkOptions,
  flag,
  integer,
  oneOf,
  record,
  recordOf,
  type Rule,
  type Rules,
  text,
} from '../options/check.js'
import { isRecord } from '../options/is-object.js'
import { OptionError } from '../options/option-error.js'
import { type Filter, filterAt, type FilterLike, filterRule } from '../pipeline/filter.js'
import type { FinishedUnit } from './finished-unit.js'

/** Answers a question about a request or a unit at its end. */
export type UnitPredicate = (unit: FinishedUnit) => boolean

/** A flight recorder: lines below the logger's level are held back, and written only when they turn out to matter. */
export interface RecorderOptions {
  /** The level from which lines are recorded. Default `debug`. Outputs keep their own levels. */
  readonly level?: LevelName
  /**
   * Only lines it matches are recorded. It sees what hooks made of a line. Default: all. For `log.unit()` compile it once,
   * with `filter()`.
   */
  readonly filter?: FilterLike
  /** When they are written. Default `failed-or-slow`. */
  readonly when?: 'failed' | 'slow' | 'failed-or-slow' | UnitPredicate
  /**
   * Bytes held for one request or unit, 1024 to 16777216. The oldest lines go first, but one that is longer goes alone.
   * Default 65536.
   */
  readonly maxBytes?: number
}

/** Which wide lines are written. Those of what failed, was broken off or was slow always are. */
export interface TailSampling {
  /** The share of the others that is written, 0 to 1. Default 1. */
  readonly share?: number
  /** Shares by route or unit name. */
  readonly routes?: Readonly<Record<string, number>>
  /** More of them that are always written. */
  readonly keep?: UnitPredicate
}

/** What requests and units have in common. */
export interface WideLineOptions {
  /** Holds back lines below the level, for a request or unit that fails or is slow. Default: no recorder. */
  readonly recorder?: RecorderOptions | boolean
  /** Milliseconds from which it counts as slow: `slow: true` on its line. Default: never. */
  readonly slowMs?: number
  /** Leaves wide lines out. Default: none. */
  readonly sampling?: TailSampling
  /** The wide line's level, in place of the one its outcome has. */
  readonly level?: (unit: FinishedUnit) => LevelName
  /** The wide line's message. */
  readonly message?: string | ((unit: FinishedUnit) => string)
}

/** Options of `log.unit()`. */
export interface UnitOptions extends WideLineOptions {
  /** Fields for the wide line. */
  readonly fields?: FieldBag
  /** Its id, such as a job's: 1 to 256 characters. Default: a new one, sortable. */
  readonly id?: string
  /** What it works on: declared fields are read from it. */
  readonly request?: unknown
  /** The `traceparent` of whoever asked for it: a message's header. Default: that of the unit around it. */
  readonly traceparent?: string | undefined
  /** What other systems along the way noted: the header `tracestate`. */
  readonly tracestate?: string | undefined
  /** Whether `currentLog()` gives its log. Default true. */
  readonly context?: boolean
}

/** Options of requests and units, complete. */
export interface CheckedUnitOptions {
  /** The level from which the flight recorder takes lines. */
  readonly recorderLevel: number
  /** When they are written. */
  readonly recorderWhen: 'failed' | 'slow' | 'failed-or-slow' | UnitPredicate
  /** Bytes of lines it holds. */
  readonly recorderMaxBytes: number
  /** Which lines it holds. */
  readonly recorderFilter: Filter | undefined
  /** From how many milliseconds on it is slow. */
  readonly slowMs: number
  /** Which wide lines are written. */
  readonly sampling: TailSampling | undefined
  /** The wide line's level, or what says it. */
  readonly level: WideLineOptions['level']
  /** The wide line's message, or what says it. */
  readonly message: WideLineOptions['message']
}

export const NO_OPTIONS: CheckedUnitOptions = Object.freeze({
  recorderLevel: SILENT,
  recorderWhen: 'failed-or-slow',
  recorderMaxBytes: 65_536,
  recorderFilter: undefined,
  slowMs: Infinity,
  sampling: undefined,
  level: undefined,
  message: undefined,
})

const share: Rule = {
  expected: 'a number from 0 to 1',
  accepts: (value) => typeof value === 'number' && value >= 0 && value <= 1,
}

const shares: Rule = recordOf(share, 'an object of numbers from 0 to 1')

type CheckedRecorder = Required<Omit<RecorderOptions, 'filter'>> & Pick<RecorderOptions, 'filter'>

const RECORDER_DEFAULTS: CheckedRecorder = Object.freeze({
  level: 'debug',
  when: 'failed-or-slow',
  maxBytes: 65_536,
})

const RECORDER_RULES: Rules<CheckedRecorder> = {
  level: oneOf(...LEVEL_NAMES),
  filter: filterRule,
  when: {
    expected: "'failed', 'slow', 'failed-or-slow' or a function",
    accepts: (value) =>
      typeof value === 'function' || value === 'failed' || value === 'slow' || value === 'failed-or-slow',
  },
  maxBytes: integer(1_024, 16_777_216),
}

const SAMPLING_RULES: Rules<TailSampling> = { share, routes: shares, keep: callback }

/** Rules for the options that requests and units have in common. */
export const WIDE_LINE_RULES: Rules<WideLineOptions> = {
  recorder: {
    expected: 'an object, true or false',
    accepts: (value) => typeof value === 'boolean' || isRecord(value),
  },
  slowMs: { expected: 'a number from 0 on', accepts: (value) => typeof value === 'number' && value >= 0 },
  sampling: record,
  level: callback,
  message: {
    expected: 'a string or a function',
    accepts: (value) => typeof value === 'string' || typeof value === 'function',
  },
}

const UNIT_RULES: Rules<UnitOptions> = {
  ...WIDE_LINE_RULES,
  fields: record,
  id: {
    expected: 'a string of 1 to 256 characters',
    accepts: (value) => typeof value === 'string' && value.length > 0 && value.length <= 256,
  },
  request: { expected: 'anything', accepts: () => true },
  traceparent: text,
  tracestate: text,
  context: flag,
}

/** Completes the options that requests and units have in common. @throws OptionError for one that cannot be used. */
export function checkWideLineOptions(where: string, options: WideLineOptions): CheckedUnitOptions {
  const { recorder, slowMs, sampling, level, message } = options
  const checked = checkOptions<CheckedRecorder>(
    `${where}.recorder`,
    recorder === true || recorder === false ? undefined : recorder,
    RECORDER_DEFAULTS,
    RECORDER_RULES,
  )
  if (sampling !== undefined) checkOptions(`${where}.sampling`, sampling, {}, SAMPLING_RULES)
  return Object.freeze({
    recorderLevel: recorder === undefined || recorder === false ? SILENT : Level[checked.level],
    recorderWhen: checked.when,
    recorderMaxBytes: checked.maxBytes,
    recorderFilter: checked.filter === undefined ? undefined : filterAt(`${where}.recorder.filter`, checked.filter),
    slowMs: slowMs ?? Infinity,
    sampling,
    level,
    message,
  })
}

/** Checks the options of one `log.unit()`. @throws OptionError for one that cannot be used. */
export function checkUnitOptions(options: UnitOptions): CheckedUnitOptions {
  checkOptions<UnitOptions>('unit', options, {}, UNIT_RULES)
  return checkWideLineOptions('unit', options)
}

/** Checks a unit's name. */
export function checkUnitName(name: unknown): void {
  checkOption('unit', name, text)
  if (name === '') throw new OptionError('unit', 'a name', name)
}
