import type { ByteBuffer } from '../../bytes/byte-buffer.js'
import { MAX_NUMBER_BYTES, putNumberAt } from '../../bytes/decimal.js'
import { FieldKind } from '../../entry/field.js'
import type { Fields } from '../../entry/fields.js'
import type { JsonEncoder } from '../json-encoder.js'

/** Appends a field's value in a format's own form, without its key. Returns false when there is nothing to write. */
export type WriteSlot = (json: JsonEncoder, fields: Fields, row: number, out: ByteBuffer, limit: number) => boolean

const number = new Float64Array(1)

/** The value as it is. */
export const asIs: WriteSlot = (json, fields, row, out, limit) => json.encodeValue(fields, row, out, limit)

/** The value as it is, where it is such a one. */
export function onlyIf(isSuch: (fields: Fields, row: number) => boolean): WriteSlot {
  return (json, fields, row, out, limit) => isSuch(fields, row) && json.encodeValue(fields, row, out, limit)
}

/** A text made of a text; a value of another kind stays as it is. */
export function textOf(make: (text: string) => string | undefined): WriteSlot {
  return (json, fields, row, out, limit) => {
    if (fields.kinds[row] !== FieldKind.string) return json.encodeValue(fields, row, out, limit)
    const made = make(fields.values[row] as string)
    if (made !== undefined) json.encodeText(made, out)
    return made !== undefined
  }
}

/** A duration in whole nanoseconds. */
export const nanoseconds: WriteSlot = (json, fields, row, out, limit) => {
  if (!isNumber(fields, row)) return json.encodeValue(fields, row, out, limit)
  number[0] = Math.round(fields.numbers[row] * 1e6)
  out.reserve(MAX_NUMBER_BYTES)
  out.length = putNumberAt(out.view, out.length, number, 0)
  return true
}

/** A duration as protobuf's JSON has it: `"0.0123s"`. */
export const protoDuration: WriteSlot = (json, fields, row, out, limit) => {
  const milliseconds = fields.numbers[row]
  if (!isNumber(fields, row) || !Number.isFinite(milliseconds)) return json.encodeValue(fields, row, out, limit)
  out.text(`"${(milliseconds / 1000).toFixed(9).replace(/\.?0+$/, '')}s"`)
  return true
}

/** A whole number as protobuf's JSON has those of 64 bits: as text. */
export const protoInteger: WriteSlot = (json, fields, row, out, limit) => {
  if (!isNumber(fields, row)) return json.encodeValue(fields, row, out, limit)
  out.text(`"${Math.round(fields.numbers[row])}"`)
  return true
}

/** A URL's path. */
export const urlPath: WriteSlot = textOf((url) => {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
})

/** A URL's query, without its question mark. */
export const urlQuery: WriteSlot = textOf((url) => {
  const query = url.indexOf('?')
  return query < 0 ? undefined : url.slice(query + 1)
})

/** Under a key of an object of its own: `{"ip":"::1"}`. */
export function within(key: string): WriteSlot {
  return (json, fields, row, out, limit) => {
    const start = out.length
    out.text(`{"${key}":`)
    if (json.encodeValue(fields, row, out, limit)) {
      out.text('}')
      return true
    }
    out.length = start
    return false
  }
}

function isNumber(fields: Fields, row: number): boolean {
  const kind = fields.kinds[row]
  return kind === FieldKind.int || kind === FieldKind.float || kind === FieldKind.duration
}
