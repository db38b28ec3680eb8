import { ByteBuffer } from '../../src/bytes/byte-buffer.js'
import { json } from '../../src/encoders/json.js'
import { Fields } from '../../src/entry/fields.js'
import { type KeyRules, KeyTable } from '../../src/entry/key.js'

/** The names that json() writes itself. */
export const RESERVED = json().reservedKeys

export function table(rules: Partial<KeyRules> = {}): KeyTable {
  return new KeyTable({ secrets: [], reserved: RESERVED, ...rules })
}

export function fieldsOf(rules: Partial<KeyRules> = {}): Fields {
  return new Fields(table(rules))
}

const encoder = json()

/** A set's fields in order, each as `[key, value]` after its JSON is read back. Repeated keys stay visible. */
export function pairs(fields: Fields): [string, unknown][] {
  const found: [string, unknown][] = []
  for (let row = 0; row < fields.count; row++) {
    const text = jsonOf(fields, row)
    if (text !== '') found.push(Object.entries(JSON.parse(`{${text}}`) as Record<string, unknown>)[0])
  }
  return found
}

/** A row's `"key":value` as it stands on a line, without the comma; empty where nothing is written. */
export function jsonOf(fields: Fields, row: number): string {
  const out = new ByteBuffer(64)
  encoder.encodeField(fields, row, out, Infinity)
  return out.toString().slice(1)
}

/** The keys of {@link pairs} that are there more than once. */
export function repeatedKeys(fields: Fields): string[] {
  const keys = pairs(fields).map(([key]) => key)
  return keys.filter((key, i) => keys.indexOf(key) !== i)
}
