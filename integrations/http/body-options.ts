import { OptionError } from '../../src/index.js'
import { refuseItem } from './refused-item.js'

/** Which bodies are put on the wide line, and how much of them. */
export interface BodyOptions {
  /** Default false. */
  readonly request?: boolean
  /** Default false. */
  readonly response?: boolean
  /** A larger body is left out, and its size told: what is cut off in the middle cannot be searched for secrets. Default 8192. */
  readonly maxBytes?: number
  /** Media types that are captured. Default: JSON and forms; text only when named, for it is not searched for secrets. */
  readonly types?: readonly string[]
}

export interface CheckedBodyOptions {
  readonly request: boolean
  readonly response: boolean
  readonly maxBytes: number
  readonly types: readonly string[]
}

const NAMES = ['request', 'response', 'maxBytes', 'types']
const DEFAULT_TYPES = ['application/json', 'application/x-www-form-urlencoded']
const MAX_BYTES = 1_048_576
/** As types are compared: another text, such as `json`, would fit no body. */
const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]+\/(?:\*|[a-z0-9!#$&^_.+-]+)$/i

function isMediaType(value: unknown): boolean {
  return typeof value === 'string' && MEDIA_TYPE.test(value)
}

/** @throws OptionError for an option that cannot be used. */
export function checkBodyOptions(where: string, options: BodyOptions): CheckedBodyOptions {
  OptionError.refuseUnknown(where, options, NAMES)
  const { request = false, response = false, maxBytes = 8_192, types = DEFAULT_TYPES } = options
  if (typeof request !== 'boolean') throw new OptionError(`${where}.request`, 'true or false', request)
  if (typeof response !== 'boolean') throw new OptionError(`${where}.response`, 'true or false', response)
  if (!Number.isInteger(maxBytes) || maxBytes < 1 || maxBytes > MAX_BYTES) {
    throw new OptionError(`${where}.maxBytes`, `an integer from 1 to ${MAX_BYTES}`, maxBytes)
  }
  if (!Array.isArray(types)) throw new OptionError(`${where}.types`, 'an array of media types', types)
  refuseItem(
    `${where}.types`,
    types,
    'a media type such as application/json or text/*, without parameters',
    isMediaType,
  )
  return Object.freeze({ request, response, maxBytes, types: types.map((type) => type.toLowerCase()) })
}
