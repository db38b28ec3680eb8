import type { ByteBuffer } from '../bytes/byte-buffer.js'
import type { Fragment } from '../bytes/fragment.js'
import type { Key } from '../entry/key.js'
import type { JsonEncoder } from './json-encoder.js'
import { endOfString } from './json-scratch.js'
import { keyFragment } from './line-head.js'

const QUOTE = 0x22
const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b

/** What Elasticsearch reads as a path or a pattern, and what stands for it here. */
const NOT_IN_NAMES = /[.*\\%]/
const ALL_NOT_IN_NAMES = /[.*\\%]/g

/** A key whose name is no path: points and their like are percent-encoded, so that different names stay different. */
export function flatName(key: Key): Fragment {
  if (!NOT_IN_NAMES.test(key.name)) return key.json
  const encoded = key.name.replace(ALL_NOT_IN_NAMES, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  return keyFragment(encoded)
}

/** Makes a text of the JSON value that begins at `at` and was written last, if there is an object in it. */
export function writeFlat(json: JsonEncoder, out: ByteBuffer, at: number): void {
  const first = out.bytes[at]
  if (first !== OPEN_BRACE && (first !== OPEN_BRACKET || isFlatArray(out, at))) return
  const text = out.toString(at)
  out.length = at
  json.encodeText(text, out)
}

/** Whether the items of the array that begins at `at` and ends the buffer are neither objects nor arrays. */
function isFlatArray({ bytes, length }: ByteBuffer, at: number): boolean {
  at++
  while (at < length) {
    const byte = bytes[at]
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return false
    at = byte === QUOTE ? endOfString(bytes, at) : at + 1
  }
  return true
}
