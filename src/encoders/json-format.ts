import { Level, type LevelName } from '../entry/level.js'
import { keyText, type LineFormat, type TimeForm, type WriteTime } from './line-head.js'

/** The keys of what every line can have. */
export interface JsonKeys {
  /** The level's key. */
  readonly level: string
  /** The time's key. */
  readonly time: string
  /** The logger's name's key. */
  readonly logger: string
  /** The message's key. */
  readonly message: string
  /** Of the error given to a log call, and of a request's. */
  readonly error: string
}

/** A level by its name, or by its number. */
export type LevelForm = 'label' | 'number'

export type LevelValues = Readonly<Record<LevelName, string | number>>

/** How lines begin that hold no nested objects of the format's own. */
export interface FlatFormat extends LineFormat {
  readonly reservedKeys: readonly string[]
}

export const PLAIN_KEYS: JsonKeys = Object.freeze({
  level: 'level',
  time: 'time',
  logger: 'logger',
  message: 'msg',
  error: 'error',
})

export const LEVEL_LABELS: LevelValues = Object.freeze({
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
  panic: 'panic',
})

/** Level, time, logger and message, in this order. */
export function flatFormat(keys: JsonKeys, level: LevelForm, time: TimeForm, writeEpoch?: WriteTime): FlatFormat {
  const levels: LevelValues = level === 'label' ? LEVEL_LABELS : Level
  return {
    reservedKeys: [keys.level, keys.time, keys.logger, keys.message],
    time,
    writeEpoch,
    message: keys.message,
    head: (name, logger) => ({
      before: `{${pair(keys.level, levels[name])},${keyText(keys.time)}`,
      after: loggerPair(keys.logger, logger),
      end: '',
    }),
  }
}

/** `"key":value` */
export function pair(key: string, value: string | number): string {
  return keyText(key) + JSON.stringify(value)
}

/** `,"logger":"shop"`, or nothing for a logger without a name. */
export function loggerPair(key: string, logger: string): string {
  return logger === '' ? '' : `,${keyText(key)}${logger}`
}

/** `,"outer":{"inner":"shop"}`, or nothing for a logger without a name. */
export function nestedLoggerPair(outer: string, inner: string, logger: string): string {
  return logger === '' ? '' : `,${keyText(outer)}{${keyText(inner)}${logger}}`
}

export const PLAIN_FORMAT: FlatFormat = flatFormat(PLAIN_KEYS, 'label', 'iso')
