/** Whether a value may have properties of its own: no null, and no function. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
