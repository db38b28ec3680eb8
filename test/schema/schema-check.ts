/** What is used of JSON Schema here. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** What is wrong with a value by a schema: a checker too simple to be wrong. */
export function problemsOf(value: unknown, schema: Schema, path = 'the line'): string[] {
  const types = schema.type === undefined ? [] : [schema.type].flat()
  if (types.length > 0 && !types.some((type) => isOf(value, type))) return [`${path} is no ${types.join(' or ')}`]
  if (schema.format === 'date-time' && !ISO.test(String(value))) return [`${path} is no date-time`]
  if (typeof value !== 'object' || value === null) return []
  const object = value as Record<string, unknown>
  const missing = (schema.required ?? []).filter((name) => !(name in object)).map((name) => `${name} is missing`)
  const wrong = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    name in object ? problemsOf(object[name], inner, name) : [],
  )
  return [...missing, ...wrong]
}

function isOf(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'integer':
      return Number.isInteger(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    default:
      return typeof value === type
  }
}
