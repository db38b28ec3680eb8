import { OptionError } from '../../src/index.js'

/** @throws OptionError for what is no object with fields under their keys: of a list, a map or a promise none would be read. */
export function checkBag(where: string, fields: unknown, expected = 'an object of fields'): asserts fields is object {
  if (typeof fields !== 'object' || fields === null || Symbol.iterator in fields || fields instanceof Promise)
    throw new OptionError(where, expected, fields)
}
