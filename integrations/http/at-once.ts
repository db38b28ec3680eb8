/**
 * What a function of the application's gave at once.
 *
 * @throws TypeError for a promise, which would pass for true.
 */
export function atOnce<T>(option: string, given: T): T {
  if (!(given instanceof Promise)) return given
  // What it is settled with comes too late for its request.
  given.catch(() => undefined)
  throw new TypeError(`${option}() gave a promise, which no request waits for`)
}
