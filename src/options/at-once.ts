/**
 * What a function of the application gave.
 *
 * @param option - The function, where it is one of the options.
 * @throws TypeError for a promise, which would pass for true. That it fails must not end the process: nobody waits for it.
 */
export function atOnce<T>(given: T, option?: string): T {
  if (!(given instanceof Promise)) return given
  given.catch(() => undefined)
  throw new TypeError(
    option === undefined
      ? 'a promise, which no field waits for'
      : `${option}() gave a promise, which nothing waits for`,
  )
}
