import type { FinishedUnit } from './finished-unit.js'

/**
 * What a function of the options says of a unit at its end.
 *
 * @throws TypeError for a promise, which would pass for true. That it fails must not end the process.
 */
export function askedAtEnd<T>(option: string, asked: (unit: FinishedUnit) => T, unit: FinishedUnit): T {
  const given = asked(unit)
  if (!(given instanceof Promise)) return given
  given.catch(() => undefined)
  throw new TypeError(`${option}() gave a promise, which nothing waits for`)
}
