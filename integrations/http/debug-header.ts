import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Level, type LevelName, OptionError } from '../../src/index.js'

/** Options of a debug header. */
export interface DebugOptions {
  /** Secrets that headers may be signed with, at least 16 characters each: more than one while one takes the other's place. */
  readonly keys: readonly string[]
  /** Default `x-log-debug`. */
  readonly header?: string
  /** How far ahead a header may expire, in milliseconds. What was signed for longer is not taken. Default 3,600,000. */
  readonly maxAgeMs?: number
}

/** What is signed into a header. */
export interface SignDebugOptions {
  /** One of the keys. */
  readonly key: string
  /** The level of the request's lines. Default `debug`. */
  readonly level?: LevelName
  /** How long the header is good for, in milliseconds. Default 300,000. */
  readonly forMs?: number
}

/** Debug options, checked. */
export interface CheckedDebugOptions {
  readonly keys: readonly string[]
  readonly header: string
  readonly maxAgeMs: number
}

const PURPOSE = 'wideline-debug-v1'
const MIN_KEY_UNITS = 16
const MAX_HEADER_UNITS = 200
const HEADER = /^[a-z0-9-]{1,64}$/
const VALUE = /^v1\.([a-z]{1,8})\.([0-9a-z]{1,12})\.([\w-]{8,32})\.([\w-]{43})$/

/**
 * A header's value with which one request is logged from a lower level on, until it expires. Whoever holds it can use it
 * as often as they like until then; it opens nothing but log lines.
 *
 * @throws OptionError
 * @example curl -H "x-log-debug: $(node -p 'signDebugHeader({ key })')" https://…
 */
export function signDebugHeader(options: SignDebugOptions): string {
  OptionError.refuseUnknown('signDebugHeader', options, ['key', 'level', 'forMs'])
  const { key, level = 'debug', forMs = 300_000 } = options
  checkKey('signDebugHeader.key', key)
  if (!Object.hasOwn(Level, level)) throw new OptionError('signDebugHeader.level', 'the name of a level', level)
  if (!Number.isInteger(forMs) || forMs < 1) throw new OptionError('signDebugHeader.forMs', 'an integer from 1', forMs)
  const signed = `v1.${level}.${(Date.now() + forMs).toString(36)}.${randomBytes(9).toString('base64url')}`
  return `${signed}.${signatureOf(key, signed)}`
}

/** The level that a request's header asks for with right; undefined where there is none, or not a good one. */
export function debugLevelOf(options: CheckedDebugOptions, request: IncomingMessage): LevelName | undefined {
  const value = request.headers[options.header]
  if (typeof value !== 'string' || value.length > MAX_HEADER_UNITS) return undefined
  const match = VALUE.exec(value)
  if (match === null) return undefined
  const [, level, expiry, , signature] = match
  const expires = Number.parseInt(expiry, 36)
  const now = Date.now()
  if (!Object.hasOwn(Level, level) || !(expires > now) || expires > now + options.maxAgeMs) return undefined
  const signed = value.slice(0, value.length - signature.length - 1)
  // All keys are tried, whichever fits: the time taken says nothing.
  let isSigned = false
  for (const key of options.keys) if (isEqual(signatureOf(key, signed), signature)) isSigned = true
  return isSigned ? (level as LevelName) : undefined
}

/** @throws OptionError */
export function checkDebugOptions(where: string, options: DebugOptions): CheckedDebugOptions {
  OptionError.refuseUnknown(where, options, ['keys', 'header', 'maxAgeMs'])
  const { keys, header = 'x-log-debug', maxAgeMs = 3_600_000 } = options
  // A key alone, where a list is asked for, stays out of the error as well.
  if (!Array.isArray(keys) || keys.length === 0)
    throw new OptionError(`${where}.keys`, 'a list of keys', typeof keys === 'string' ? typeof keys : keys)
  keys.forEach((key, i) => checkKey(`${where}.keys[${i}]`, key))
  if (typeof header !== 'string' || !HEADER.test(header.toLowerCase()))
    throw new OptionError(`${where}.header`, 'the name of a header', header)
  if (!Number.isInteger(maxAgeMs) || maxAgeMs < 1)
    throw new OptionError(`${where}.maxAgeMs`, 'an integer from 1', maxAgeMs)
  return Object.freeze({ keys: [...keys], header: header.toLowerCase(), maxAgeMs })
}

function checkKey(option: string, key: unknown): void {
  // The value stays out of the error.
  if (typeof key !== 'string' || key.length < MIN_KEY_UNITS)
    throw new OptionError(option, `a text of at least ${MIN_KEY_UNITS} characters`, typeof key)
}

function signatureOf(key: string, signed: string): string {
  return createHmac('sha256', key).update(`${PURPOSE}\n${signed}`).digest('base64url')
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
