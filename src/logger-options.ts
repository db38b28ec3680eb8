import { DEFAULT_POOL_LIMITS, type PoolLimits } from './bytes/buffer-pool.js'
import type { Encoder } from './encoders/encoder.js'
import { json } from './encoders/json.js'
import { pretty } from './encoders/pretty.js'
import { type Clock, systemClock } from './entry/clock.js'
import type { FieldBag } from './entry/field.js'
import { type Threshold, thresholdNumber, THRESHOLDS } from './entry/level.js'
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
import { OptionError } from './options/option-error.js'
import type { Output } from './outputs/output.js'
import { stdout } from './outputs/stdio.js'
import type { ErrorListener } from './pipeline/diagnostics.js'
import type { Route } from './pipeline/pipeline.js'

/** An output with an encoder and a level of its own. */
export interface SinkOptions {
  readonly output: Output
  /** Default: `pretty()` on a terminal, else `json()`. */
  readonly encoder?: Encoder
  /** Lines below it do not go to this output. Default: all. */
  readonly level?: Threshold
}

/** Options of {@link createLogger}. */
export interface LoggerOptions {
  /** Written on every line. Default: none. */
  readonly name?: string
  /** Default `info`. */
  readonly level?: Threshold
  /** Written on every line. */
  readonly fields?: FieldBag
  /** Default: standard output. */
  readonly outputs?: readonly (Output | SinkOptions)[]
  /** Default: the system's clock. */
  readonly clock?: Clock
  /** Sizes and caps of the buffers. */
  readonly pool?: Partial<PoolLimits>
  /** Names whose values are never written, at any depth, in any case. Added to {@link DEFAULT_SECRETS}. */
  readonly secrets?: readonly string[]
  /** Told about problems of the logger itself. Default: standard error, at most a line a second. */
  readonly onError?: ErrorListener
}

/** Names whose values are never written: compared without case, `-`, `_`, `.` and spaces. */
export const DEFAULT_SECRETS: readonly string[] = Object.freeze([
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'clientSecret',
  'token',
  'accessToken',
  'refreshToken',
  'idToken',
  'sessionToken',
  'authorization',
  'proxyAuthorization',
  'apiKey',
  'xApiKey',
  'privateKey',
  'cookie',
  'setCookie',
  'creditCard',
  'cardNumber',
  'cvv',
  'cvc',
  'ssn',
])

const outputRule = having('an output', 'begin', 'commit', 'flush', 'flushSync', 'close', 'stats')

const RULES: Rules<LoggerOptions> = {
  name: text,
  level: oneOf(...THRESHOLDS),
  fields: record,
  outputs: { expected: 'an array of outputs', accepts: (value) => Array.isArray(value) && value.length > 0 },
  clock: having('an object with now()', 'now'),
  pool: record,
  secrets: texts,
  onError: callback,
}

const SINK_RULES: Rules<SinkOptions> = {
  output: outputRule,
  encoder: having('an encoder', 'encode', 'encodeField'),
  level: oneOf(...THRESHOLDS),
}

const POOL_RULES: Rules<PoolLimits> = {
  bufferBytes: integer(1_024, 16_777_216),
  maxBuffers: integer(0, 65_536),
  maxRetainedBytes: integer(0, 1_073_741_824),
  poison: flag,
}

/** Options, checked and complete. */
export interface CheckedOptions {
  readonly name: string
  readonly level: number
  readonly fields: FieldBag
  readonly routes: readonly Route[]
  readonly clock: Clock
  readonly pool: PoolLimits
  readonly secrets: readonly string[]
  readonly onError: ErrorListener | undefined
}

/** Checks a logger's options. @throws OptionError for the first that is wrong. */
export function checkLoggerOptions(given: LoggerOptions | undefined): CheckedOptions {
  const options = checkOptions<LoggerOptions>('', given, {}, RULES)
  return Object.freeze({
    name: options.name ?? '',
    level: thresholdNumber(options.level ?? 'info'),
    fields: options.fields ?? {},
    routes: (options.outputs ?? [stdout()]).map(routeOf),
    clock: options.clock ?? systemClock,
    pool: checkOptions<PoolLimits>('pool', options.pool, DEFAULT_POOL_LIMITS, POOL_RULES),
    secrets: [...DEFAULT_SECRETS, ...(options.secrets ?? [])],
    onError: options.onError,
  })
}

function routeOf(given: Output | SinkOptions, index: number): Route {
  const where = `outputs[${index}]`
  if (outputRule.accepts(given))
    return { threshold: 0, encoder: defaultEncoder(given as Output), output: given as Output }
  const sink = checkOptions(where, given as SinkOptions, {} as SinkOptions, SINK_RULES)
  if (sink.output === undefined) throw new OptionError(where, 'an output, or an object with one as its output', given)
  checkOption(`${where}.output`, sink.output, outputRule)
  return {
    threshold: sink.level === undefined ? 0 : thresholdNumber(sink.level),
    encoder: sink.encoder ?? defaultEncoder(sink.output),
    output: sink.output,
  }
}

function defaultEncoder(output: Output): Encoder {
  return output.isTerminal === true ? pretty() : json()
}
