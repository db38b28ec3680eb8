/**
 * What a function of the application gave for a field, which is written now.
 *
 * @throws TypeError for a promise. That it fails must not end the process: nobody waits for it.
 */
export function atOnce(given: unknown): unknown {
  if (!(given instanceof Promise)) return given
  given.catch(() => undefined)
  throw new TypeError('a promise, which no field waits for')
}
