/** What is asked for the values of a line's fields: a line itself, or a view of it. */
export interface FieldSource {
  get(field: string): unknown
}

const MAX_STEPS = 16

/** Reads a field of that very name, else with its dots as steps into objects. */
export function readerOf(field: string): (line: FieldSource) => unknown {
  if (!field.includes('.')) return (line) => line.get(field)
  const steps = field.split('.').slice(0, MAX_STEPS)
  return (line) => {
    const value = line.get(field)
    return value === undefined ? walk(line.get(steps[0]), steps) : value
  }
}

function walk(from: unknown, steps: readonly string[]): unknown {
  let value = from
  try {
    for (let i = 1; i < steps.length; i++) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, steps[i])) return undefined
      value = (value as Record<string, unknown>)[steps[i]]
    }
    return value
  } catch {
    // A getter or proxy that throws has no value to tell.
    return undefined
  }
}
