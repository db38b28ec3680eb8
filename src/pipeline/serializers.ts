import { FieldKind } from '../entry/field.js'
import { type Fields, valueAt } from '../entry/fields.js'
import { isError } from '../entry/is-error.js'
import { atOnce } from '../options/at-once.js'
import { callback, recordOf, type Rule } from '../options/check.js'

interface Making {
  make(value: unknown): unknown
}

/**
 * Makes of a field's value what is written in its place; undefined leaves the field out. Its parameter may have the type
 * that the application keeps under that key.
 */
// As a method's type, so that functions of one type of value are taken too.
export type Serializer = Making['make']

/** Functions for fields of these keys. */
export type Serializers = Readonly<Record<string, Serializer>>

export const serializersRule: Rule = recordOf(callback, 'an object of functions')

/**
 * Has serializers make what is written of a line's own fields, or of a context's new ones. Secrets are hidden before that,
 * and `errors` says how errors are written, so that neither is given to them. Never throws: the field says what failed.
 *
 * @param given - Where the fields came from, when only those that came from there are meant.
 */
export function serialize(fields: Fields, serializers: Serializers, given?: object): void {
  for (const name in serializers) {
    const key = fields.table.known(name)
    const row = key === undefined ? -1 : fields.find(key)
    if (row < 0 || isKept(fields, row) || (given !== undefined && !Object.hasOwn(given, name))) continue
    try {
      const made = atOnce(serializers[name](valueAt(fields, row)))
      if (made === undefined) fields.remove(key!.name)
      else fields.any(name, made)
    } catch (reason) {
      fields.fail(name, reason)
    }
  }
}

function isKept({ kinds, values }: Fields, row: number): boolean {
  const kind = kinds[row]
  return kind === FieldKind.error || kind === FieldKind.censored || kind === FieldKind.failed || isError(values[row])
}
