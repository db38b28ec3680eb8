import { checkOptions, flag, integer, oneOf, texts } from '../options/check.js'

/** How much is written of errors. */
export interface ErrorOptions {
  /** Frames kept of a stack, from the top. Integer from 0 to 200. Default 50. */
  readonly frames?: number
  /** Causes followed from one error. Integer from 0 to 50. Default 10. */
  readonly causes?: number
  /**
   * Own properties written besides `code`, `errno`, `syscall`, `status`, `statusCode`, `signal`, `address`, `port` and
   * `path`: texts, numbers and truth values. Default: none, for errors of clients carry requests and configurations.
   */
  readonly properties?: readonly string[]
  /** `text` as the engine (or a source map) made it, `lines` as an array of its frames, or `none`. Default `text`. */
  readonly stack?: 'text' | 'lines' | 'none'
  /** Whether to add `fingerprint`, the same for errors of one type from one place, to group by. Default false. */
  readonly fingerprint?: boolean
}

/** Options of errors, checked. */
export interface ErrorDetail {
  readonly frames: number
  readonly causes: number
  readonly properties: ReadonlySet<string>
  readonly stack: 'text' | 'lines' | 'none'
  readonly fingerprint: boolean
}

const WELL_KNOWN = 'code errno syscall status statusCode signal address port path'.split(' ')
/** Written of an error elsewhere; a property of that name is none of its own. */
export const ERROR_PARTS: ReadonlySet<string> = new Set([
  'type',
  'name',
  'message',
  'stack',
  'cause',
  'errors',
  'fingerprint',
])
const RULES = {
  frames: integer(0, 200),
  causes: integer(0, 50),
  properties: texts,
  stack: oneOf('text', 'lines', 'none'),
  fingerprint: flag,
}
const DEFAULTS: Required<ErrorOptions> = { frames: 50, causes: 10, properties: [], stack: 'text', fingerprint: false }

/** @throws OptionError */
export function errorDetail(options: ErrorOptions | undefined): ErrorDetail {
  const { properties, ...rest } = checkOptions('errors', options, DEFAULTS, RULES)
  return { ...rest, properties: new Set([...WELL_KNOWN, ...properties.filter((name) => !ERROR_PARTS.has(name))]) }
}

export const DEFAULT_ERROR_DETAIL: ErrorDetail = errorDetail(undefined)
