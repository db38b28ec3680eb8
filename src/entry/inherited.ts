const base: object = Object.prototype

/**
 * Whether `for…in` over an object may list what is not its own, so that each name has to be asked for: 10 ns a name that
 * a plain object is spared, unless somebody has put something enumerable on `Object.prototype`.
 */
export function mayInherit(object: object): boolean {
  if (object.constructor !== Object) return true
  // oxlint-disable-next-line guard-for-in -- what is inherited is just what is looked for
  for (const _ in base) return true
  return false
}
