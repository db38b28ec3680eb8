import { DEFAULT_POOL_LIMITS, type PoolLimits } from './bytes/buffer-pool.js'
import type { Encoder } from './encoders/encoder.js'
import { json } from './encoders/json.js'
import { pretty } from './encoders/pretty.js'
import { type Clock, systemClock } from './entry/clock.js'
import { type ErrorDetail, errorDetail, type ErrorOptions } from './entry/error-detail.js'
import type { FieldBag } from './entry/field.js'
import { type Threshold, thresholdNumber, THRESHOLDS } from './entry/level.js'
import { checkNames, type LevelRule } from './levels/level-spec.js'
import { parseLevels } from './levels/parse-levels.js'
import {
  callback,
  checkOption,
  checkOptions,
  flag,
  having,
  integer,
  oneOf,
  record,
  type Rules,
  text,
  texts,
} from './options/check.js'
import { isObject, isRecord } from './options/is-object.js'
import { OptionError } from './options/option-error.js'
import type { Output } from './outputs/output.js'
import { outputRule } from './outputs/output-rule.js'
import { stdout } from './outputs/stdio.js'
import type { ErrorListener } from './pipeline/diagnostics.js'
import { DEFAULT_SECRETS } from './redaction/default-secrets.js'
import { Redaction, type RedactOption } from './redaction/redaction.js'
import { filterAt, type FilterLike, filterRule } from './pipeline/filter.js'
import type { Route } from './pipeline/sink-set.js'
import { type CheckedStages, checkStageOptions, STAGE_RULES, type StageOptions } from './stage-options.js'

/** An output with an encoder and a level of its own. */
export interface SinkOptions {
  /** Where the lines go. */
  readonly output: Output
  /** Default: `pretty()` on a terminal, else `json()`. */
  readonly encoder?: Encoder
  /** Lines below it do not go to this output. Default: all. */
  readonly level?: Threshold
  /** Lines it does not match do not go to this output. Default: all. See {@link filter}. */
  readonly filter?: FilterLike
}

/** Options of {@link createLogger}. */
export interface LoggerOptions extends StageOptions {
  /** Written on every line. Default: none. */
  readonly name?: string
  /** Default `info`. */
  readonly level?: Threshold
  /**
   * Levels by name, over `level`: `'info,app.db=debug,http.*=warn'`, or an object of names and levels. A level without a
   * name, or under the empty one, is the root's. Default: what the `WIDELINE_LEVEL` environment variable says.
   */
  readonly levels?: string | Readonly<Record<string, Threshold>>
  /** Written on every line. */
  readonly fields?: FieldBag
  /** Default: standard output. */
  readonly outputs?: readonly (Output | SinkOptions)[]
  /** Default: the system's clock. */
  readonly clock?: Clock
  /** Sizes and caps of the buffers. Default: what the `WIDELINE_POOL_*` environment variables say. */
  readonly pool?: Partial<PoolLimits>
  /** Names whose values are never written, at any depth, in any case. Added to {@link DEFAULT_SECRETS}. */
  readonly secrets?: readonly string[]
  /** More that is never written as it is: paths, or keys, paths and forms of values with their strategies. */
  readonly redact?: RedactOption
  /** How much is written of errors. */
  readonly errors?: ErrorOptions
  /**
   * How often a line tells how many lines samplers and limits dropped, in milliseconds; 0 for never. Default 10,000.
   */
  readonly noticeEveryMs?: number
  /**
   * Whether lines that wait are written before SIGTERM or SIGINT ends the process, where nobody else listens to it: for 500
   * ms at most, and the same signal ends the process then. With `false` no signal is listened to. Default true.
   */
  readonly shutdownHooks?: boolean
  /** Told about problems of the logger itself. Default: standard error, at most a line a second. */
  readonly onError?: ErrorListener
}

const LEVEL_VARIABLE = 'WIDELINE_LEVEL'
const NOTICE_EVERY_MS = 10_000

const RULES: Rules<LoggerOptions> = {
  name: text,
  level: oneOf(...THRESHOLDS),
  fields: record,
  outputs: { expected: 'an array of one output or more', accepts: (value) => Array.isArray(value) && value.length > 0 },
  clock: having('an object with now()', 'now'),
  pool: record,
  secrets: texts,
  redact: {
    expected: 'an array of paths, or an object',
    accepts: isObject,
  },
  errors: record,
  noticeEveryMs: integer(0, 86_400_000),
  shutdownHooks: flag,
  onError: callback,
  levels: {
    expected: 'a text or an object of names and levels',
    accepts: (value) => typeof value === 'string' || isRecord(value),
  },
  ...STAGE_RULES,
}

const SINK_RULES: Rules<SinkOptions> = {
  output: outputRule,
  encoder: having('an encoder, such as json()', 'encode', 'encodeField'),
  level: oneOf(...THRESHOLDS),
  filter: filterRule,
}

const POOL_RULES: Rules<PoolLimits> = {
  bufferBytes: integer(1_024, 16_777_216),
  maxBuffers: integer(0, 65_536),
  maxRetainedBytes: integer(0, 1_073_741_824),
  maxTotalBytes: integer(0, 4_294_967_296),
  poison: flag,
}

const POOL_VARIABLES: Readonly<Record<keyof PoolLimits, string>> = {
  bufferBytes: 'WIDELINE_POOL_BUFFER_BYTES',
  maxBuffers: 'WIDELINE_POOL_MAX_BUFFERS',
  maxRetainedBytes: 'WIDELINE_POOL_MAX_RETAINED_BYTES',
  maxTotalBytes: 'WIDELINE_POOL_MAX_TOTAL_BYTES',
  poison: 'WIDELINE_POOL_POISON',
}

/** Options, checked and complete. */
export interface CheckedOptions {
  readonly name: string
  readonly level: number
  readonly fields: FieldBag
  readonly routes: readonly Route[]
  readonly clock: Clock
  readonly pool: PoolLimits
  readonly redaction: Redaction
  readonly errors: ErrorDetail
  readonly noticeEveryMs: number
  readonly shutdownHooks: boolean
  readonly onError: ErrorListener | undefined
  readonly levels: readonly LevelRule[]
  readonly stages: CheckedStages
}

/** Checks a logger's options. @throws OptionError for the first that is wrong. */
export function checkLoggerOptions(given: LoggerOptions | undefined): CheckedOptions {
  const options = checkOptions<LoggerOptions>('', given, {}, RULES)
  return Object.freeze({
    name: options.name ?? '',
    level: thresholdNumber(options.level ?? 'info'),
    fields: options.fields ?? {},
    routes: (options.outputs ?? [stdout()]).map((output, i) => routeOf(output, `outputs[${i}]`)),
    clock: options.clock ?? systemClock,
    pool: checkOptions<PoolLimits>('pool', options.pool, poolDefaults(process.env), POOL_RULES),
    redaction: new Redaction([...DEFAULT_SECRETS, ...(options.secrets ?? [])], options.redact),
    errors: errorDetail(options.errors),
    noticeEveryMs: options.noticeEveryMs ?? NOTICE_EVERY_MS,
    shutdownHooks: options.shutdownHooks ?? true,
    onError: options.onError,
    levels: levelsOf(options.levels, process.env[LEVEL_VARIABLE]),
    stages: checkStageOptions(options),
  })
}

function levelsOf(given: LoggerOptions['levels'], variable: string | undefined): LevelRule[] {
  if (given === undefined) return variable === undefined ? [] : parseLevels(LEVEL_VARIABLE, variable)
  if (typeof given === 'string') return parseLevels('levels', given)
  return Object.entries(given).map(([names, level]) => {
    checkNames('levels', names)
    checkOption(`levels['${names}']`, level, oneOf(...THRESHOLDS))
    return { names, level }
  })
}

/** The pool's limits where no option is given: `WIDELINE_POOL_BUFFER_BYTES` and so on, else the built-in ones. */
function poolDefaults(environment: NodeJS.ProcessEnv): PoolLimits {
  const limits: Record<string, unknown> = { ...DEFAULT_POOL_LIMITS }
  for (const [name, variable] of Object.entries(POOL_VARIABLES)) {
    const given = environment[variable]
    if (given === undefined || given === '') continue
    const value = name === 'poison' ? flagOf(given) : numberOf(given)
    const rule = POOL_RULES[name as keyof PoolLimits]
    if (!rule.accepts(value)) throw new OptionError(variable, rule.expected, given)
    limits[name] = value
  }
  return limits as unknown as PoolLimits
}

/** Spaces are none, which `Number` takes for 0. */
function numberOf(given: string): number {
  return given.trim() === '' ? NaN : Number(given)
}

function flagOf(given: string): unknown {
  return given === '1' || given === 'true' ? true : given === '0' || given === 'false' ? false : given
}

/** Checks one output. @param where - What errors call it. @throws OptionError */
export function routeOf(given: Output | SinkOptions, where: string): Route {
  if (outputRule.accepts(given))
    return { threshold: 0, encoder: defaultEncoder(given as Output), output: given as Output, filter: undefined }
  if (!isRecord(given) || !('output' in given))
    throw new OptionError(where, `${outputRule.expected}, or an object with one as its output`, given)
  const sink = checkOptions(where, given as SinkOptions, {} as SinkOptions, SINK_RULES)
  checkOption(`${where}.output`, sink.output, outputRule)
  return {
    threshold: sink.level === undefined ? 0 : thresholdNumber(sink.level),
    encoder: sink.encoder ?? defaultEncoder(sink.output),
    output: sink.output,
    filter: sink.filter === undefined ? undefined : filterAt(`${where}.filter`, sink.filter),
  }
}

function defaultEncoder(output: Output): Encoder {
  return output.isTerminal === true ? pretty() : json()
}
