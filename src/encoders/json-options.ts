import { Level } from '../entry/level.js'
import { checkOptions, integer, oneOf, record, type Rule, type Rules } from '../options/check.js'
import { OptionError } from '../options/option-error.js'
import { writeEpochMs, writeEpochNs } from './epoch-time.js'
import { type FlatFormat, flatFormat, type JsonKeys, type LevelForm, LEVEL_LABELS, PLAIN_KEYS } from './json-format.js'
import { DEFAULT_LIMITS, type ValueLimits } from './limits.js'
import type { TimeForm } from './line-head.js'
import { errorObject, type Preset } from './presets/preset.js'
import { type JsonPreset, PRESETS } from './presets/presets.js'

/** Options of `json()`. Those that are given win over the preset's. */
export interface JsonOptions {
  /** Default: `level`, `time`, `logger`, `msg` and `error`. */
  readonly keys?: Partial<JsonKeys>
  /** Default `label`. A preset has numbers of its own where its format defines some. */
  readonly level?: LevelForm
  /** Default `iso`. */
  readonly time?: TimeForm
  /** The names and forms of a published format. Default: none. */
  readonly preset?: JsonPreset
  /** Bounds on values and lines. */
  readonly limits?: Partial<ValueLimits>
}

/** Options, checked and made into what an encoder needs. */
export interface JsonSettings {
  readonly format: FlatFormat
  readonly limits: ValueLimits
  /** What is written elsewhere than under its name; undefined when nothing is. */
  readonly preset: Preset | undefined
  /** Names under which the line's error may come, the foremost first. */
  readonly errorNames: readonly string[]
}

const MAX_KEY_UNITS = 256

const EPOCHS = { iso: undefined, epochMs: writeEpochMs, epochNs: writeEpochNs }

const RULES: Rules<JsonOptions> = {
  keys: record,
  level: oneOf('label', 'number'),
  time: oneOf('iso', 'epochMs', 'epochNs'),
  preset: oneOf(...Object.keys(PRESETS)),
  limits: record,
}

const key: Rule = {
  expected: `a well-formed text of 1 to ${MAX_KEY_UNITS} characters`,
  accepts: (value) =>
    typeof value === 'string' && value !== '' && value.length <= MAX_KEY_UNITS && value.isWellFormed(),
}

const KEY_RULES: Rules<Partial<JsonKeys>> = { level: key, time: key, logger: key, message: key, error: key }

const LIMIT_RULES: Rules<ValueLimits> = {
  maxDepth: integer(1, 100),
  maxItems: integer(1, 1_000_000),
  // Short texts are written, and messages of up to 96 units kept ready, without a look at the bound.
  maxStringLength: integer(256, 16_777_216),
  maxLineBytes: integer(1024, 67_108_864),
}

/** Checks the options. @throws OptionError for the first that is wrong. */
export function settle(options: JsonOptions | undefined): JsonSettings {
  const checked = checkOptions<JsonOptions>('json', options, {}, RULES)
  const given = checkOptions<Partial<JsonKeys>>('json.keys', checked.keys, {}, KEY_RULES)
  const limits = checkOptions<ValueLimits>('json.limits', checked.limits, DEFAULT_LIMITS, LIMIT_RULES)
  const preset = presetOf(checked, given)
  const keys = { ...PLAIN_KEYS, ...preset?.keys, ...given }
  const level = checked.level ?? preset?.level ?? 'label'
  const time = checked.time ?? preset?.time ?? 'iso'
  // pino's users write `{ err }`: every preset takes that for the line's error.
  const errorNames = checked.preset === undefined ? ['error'] : ['error', 'err']
  if (preset === undefined) {
    checkDistinct(keys, [])
    return { format: flatFormat(keys, level, time, EPOCHS[time]), limits, preset, errorNames }
  }
  const slots = preset.slots.filter((slot) => slot.isInside !== true).map((slot) => slot.group ?? slot.to)
  const section = preset.section === undefined ? [] : [preset.section]
  checkDistinct(keys, [...preset.ownKeys, ...slots, ...section])
  const levels = level === 'label' ? preset.labels : preset.numbers
  const head = preset.head({ keys, given, level: checked.level, levels })
  const format = { reservedKeys: [], time, writeEpoch: EPOCHS[time], message: keys.message, head }
  return {
    format,
    limits,
    preset: { ...preset, keys },
    errorNames: [...new Set([...ownError(preset, keys), ...errorNames])],
  }
}

/** The preset, with an error that is asked for under a key of its own; without one only such an error needs it. */
function presetOf(options: JsonOptions, given: Partial<JsonKeys>): Preset | undefined {
  const error = given.error === undefined ? undefined : errorObject(given.error)
  if (options.preset !== undefined) {
    const preset = PRESETS[options.preset]()
    return error === undefined ? preset : { ...preset, error }
  }
  if (error === undefined || given.error === PLAIN_KEYS.error) return undefined
  return {
    keys: PLAIN_KEYS,
    level: 'label',
    time: 'iso',
    labels: LEVEL_LABELS,
    numbers: Level,
    head: ({ keys, level }) => flatFormat(keys, level ?? 'label', 'iso').head,
    ownKeys: [],
    slots: [],
    error,
  }
}

/** The name of the error on the line, where it stands among the application's fields. */
function ownError(preset: Preset, keys: JsonKeys): readonly string[] {
  return preset.error.keys.includes(keys.error) ? [keys.error] : []
}

function checkDistinct(keys: JsonKeys, taken: readonly string[]): void {
  const seen = new Set(taken)
  for (const [name, value] of Object.entries(keys)) {
    if (seen.has(value)) throw new OptionError(`json.keys.${name}`, 'a key that stands for nothing else', value)
    seen.add(value)
  }
}
