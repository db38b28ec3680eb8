import { originalHandler } from './handler-fields.js'

/**
 * The name of the class that declares a method, which a standard decorator does not see: found from an object of it, or from
 * the class itself where the method is static. Where another decorator has put a function of its own in the method's place, it
 * is the object's class; where there is none, it is empty. Never throws.
 */
export function declaringClass(self: unknown, key: PropertyKey, method: unknown): string {
  try {
    for (let at: unknown = self; isObject(at); at = Object.getPrototypeOf(at)) {
      const value: unknown = Object.getOwnPropertyDescriptor(at, key)?.value
      if (typeof value === 'function' && originalHandler(value as never) === method) return className(at)
    }
    return isObject(self) ? className(self) : ''
  } catch {
    // A strict proxy, for example: the method alone is named.
    return ''
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
}

/** Of a class its own name; of a prototype, or another object, that of its class. */
function className(at: object): string {
  const made: unknown = typeof at === 'function' ? at : at.constructor
  return typeof made === 'function' ? made.name : ''
}
