import { atOnce } from '../options/at-once.js'
import { OptionError } from '../options/option-error.js'
import type { FieldSource } from './field-source.js'

/**
 * Where a field's value comes from, as its builder was told.
 *
 * @param given - A name, an argument's index, or a function.
 * @param path - In an argument; undefined for all of it.
 * @throws OptionError
 */
export function sourceOf(kindName: string, place: FieldSource['place'], given: unknown, path: unknown): FieldSource {
  const where = `${kindName}.${place}`
  switch (place) {
    case 'arg':
      if (!Number.isInteger(given) || (given as number) < 0)
        throw new OptionError(where, 'the index of an argument, from 0', given)
      return {
        place,
        index: given as number,
        pick: path === undefined ? itself : pathReader(nameAt(`${where}(path)`, path)),
      }
    case 'result': {
      if (typeof given !== 'function') return { place, pick: pathReader(nameAt(where, given)) }
      const pick = given as (result: unknown) => unknown
      return { place, pick: (result) => atOnce(pick(result)) }
    }
    case 'from': {
      if (typeof given !== 'function') throw new OptionError(where, 'a function of the request', given)
      const read = given as (request: unknown) => unknown
      return { place, read: (request) => atOnce(read(request)) }
    }
    default: {
      const name = nameAt(where, given)
      return { place, name: place === 'header' ? name.toLowerCase() : name }
    }
  }
}

function nameAt(where: string, name: unknown): string {
  if (typeof name !== 'string' || name === '') throw new OptionError(where, 'a name with at least one character', name)
  return name
}

function itself(value: unknown): unknown {
  return value
}

/** Reads the value at a path of own or inherited properties; what is not there is undefined. */
function pathReader(path: string): (value: unknown) => unknown {
  const names = path.split('.')
  if (names.length === 1) return (value) => property(value, path)
  return (value) => {
    let at = value
    for (const name of names) at = property(at, name)
    return at
  }
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
