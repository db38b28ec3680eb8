/** Whether a value may have properties of its own: no null, and no function. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Whether a value has what it says as properties: no list, map or set, and no promise, of which nothing would be read. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !(Symbol.iterator in value) && !(value instanceof Promise)
}
