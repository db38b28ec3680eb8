import type { FieldKindName } from '../entry/field.js'
import { checkOptions, type Rules, text } from '../options/check.js'
import type { CompiledField } from './compiled-field.js'
import { remark, type SetNames, storedKind } from './stored.js'

/** A JSON Schema, as data. */
export type JsonSchema = {
  /** A keyword of the specification. */
  readonly [keyword: string]: unknown
}

/** How a schema is named. */
export interface JsonSchemaOptions {
  /** Its `$id`. */
  readonly id?: string
  /** Default: the name of the set. */
  readonly title?: string
}

const RULES: Rules<JsonSchemaOptions> = { id: text, title: text }

const ERROR_PARTS: JsonSchema = {
  type: 'object',
  properties: { type: { type: 'string' }, message: {}, stack: { type: 'string' }, code: {}, cause: {} },
  required: ['type'],
}

/** What the JSON encoder writes of each kind. NaN and the infinities become null. */
const TYPES: Readonly<Record<FieldKindName, JsonSchema>> = {
  string: { type: 'string' },
  int: { type: 'integer' },
  float: { type: ['number', 'null'] },
  bool: { type: 'boolean' },
  bigint: { type: 'integer' },
  timestamp: { type: 'string', format: 'date-time' },
  duration: { type: ['number', 'null'] },
  error: ERROR_PARTS,
  any: {},
}

/** The fields of a set as they stand on its lines. Other keys are allowed: those of the line, of its logger and request. */
export function jsonSchemaOf(set: SetNames, fields: readonly CompiledField[], options?: JsonSchemaOptions): JsonSchema {
  const { id, title = set.name } = checkOptions<JsonSchemaOptions>('jsonSchema', options, {}, RULES)
  const properties: [string, JsonSchema][] = []
  const required: string[] = []
  for (const field of fields) {
    const kind = storedKind(field)
    if (kind === undefined) continue
    const isOptional = field.field.options.optional === true
    properties.push([field.key, propertyOf(field, TYPES[kind], isOptional)])
    if (!isOptional) required.push(field.key)
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(id === undefined ? {} : { $id: id }),
    ...(title === '' ? {} : { title }),
    ...(set.description === '' ? {} : { description: set.description }),
    type: 'object',
    properties: Object.fromEntries(properties),
    required,
  }
}

function propertyOf(field: CompiledField, type: JsonSchema, isOptional: boolean): JsonSchema {
  const description = remark(field)
  return {
    ...type,
    ...(isOptional && 'type' in type ? { type: [...new Set([type['type'], 'null'].flat())] } : {}),
    ...(description === '' ? {} : { description }),
  }
}
