// Values of another realm, which no `instanceof` knows: of `node:vm` and, under Jest, all that Node itself makes.
const { isMap, isNativeError, isSet } = process.getBuiltinModule('node:util').types

/** Whether a value is an error, or stands for one in its prototype's place. Throws what a proxy throws. */
export function isForeignError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false
  return (
    isNativeError(value) ||
    isNativeError(Object.getPrototypeOf(value)) ||
    Object.prototype.toString.call(value) === '[object DOMException]'
  )
}

/** Whether a value is a Map. */
export function isForeignMap(value: object): value is Map<unknown, unknown> {
  return isMap(value)
}

/** Whether a value is a Set. */
export function isForeignSet(value: object): value is Set<unknown> {
  return isSet(value)
}
