import { LEVEL_NAMES, type LevelName } from '../entry/level.js'
import { checkOption, checkOptions, integer, oneOf, text } from '../options/check.js'
import { isRecord } from '../options/is-object.js'
import { checkNames } from './level-spec.js'
import type { Levels } from './levels.js'

/** Options of {@link levelOnSignal}. */
export interface LevelSignalOptions {
  /** Default `SIGUSR2`; Node keeps `SIGUSR1` for its debugger. */
  readonly signal?: NodeJS.Signals
  /** Default `debug`. */
  readonly level?: LevelName
  /** `app.db`, `app.*` or `*`. Default `*`. */
  readonly names?: string
  /** How long the level stays, in milliseconds. Default 600,000. */
  readonly forMs?: number
}

/** What is needed of a logger. */
export interface LeveledLogger {
  /** Its levels by name. */
  readonly levels: Levels
  /** Writes the levels that count now, as a line. */
  warn(message: string, fields: object): void
}

const DEFAULTS: Required<LevelSignalOptions> = { signal: 'SIGUSR2', level: 'debug', names: '*', forMs: 600_000 }
/** Those that a process may listen to, by their names. */
const signalRule = {
  expected: 'a signal that can be listened to, such as SIGUSR2',
  accepts: (value: unknown) =>
    typeof value === 'string' &&
    value !== 'SIGKILL' &&
    value !== 'SIGSTOP' &&
    Object.hasOwn(process.getBuiltinModule('node:os').constants.signals, value),
}
/** Also what is no logger of ours, if it has what is used of one. */
const loggerRule = {
  expected: 'a Logger made by createLogger()',
  accepts: (value: unknown) => isRecord(value) && isRecord(value['levels']) && typeof value['warn'] === 'function',
}
const RULES = { signal: signalRule, level: oneOf(...LEVEL_NAMES), names: text, forMs: integer(1, 2_147_483_647) }

/**
 * Sets a level for some time when the process gets a signal, and takes it back at the next. Each time a line tells of the
 * levels as they are then.
 *
 * @returns what ends it.
 * @throws OptionError
 * @example
 * levelOnSignal(log, { names: 'app.db', forMs: 60_000 }) // kill -USR2 PID
 */
export function levelOnSignal(log: LeveledLogger, options?: LevelSignalOptions): () => void {
  checkOption('levelOnSignal(log)', log, loggerRule)
  const { signal, level, names, forMs } = checkOptions('levelOnSignal', options, DEFAULTS, RULES)
  checkNames('levelOnSignal.names', names)
  let until = 0
  const stopListening = log.levels.onChange((change) => {
    if (change.names === names) until = change.until?.getTime() ?? 0
  })
  const onSignal = (): void => {
    if (Date.now() < until) log.levels.expire(names)
    else log.levels.set(names, level, { forMs })
    const levels = log.levels.list().map(({ name, level: now, until: end }) => ({ name, level: now, until: end }))
    log.warn('log levels', { signal, levels })
  }
  process.on(signal, onSignal)
  return () => {
    process.off(signal, onSignal)
    stopListening()
  }
}
