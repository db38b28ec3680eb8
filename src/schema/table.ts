import type { FieldKindName } from '../entry/field.js'
import { checkOption, checkOptions, flag, oneOf, type Rule, type Rules } from '../options/check.js'
import { OptionError } from '../options/option-error.js'
import type { CompiledField } from './compiled-field.js'
import { remark, type SetNames, storedKind } from './stored.js'

/** A database that {@link tableOf} writes for. */
export type Dialect = 'clickhouse' | 'duckdb' | 'postgres'

/** What a table is made with. */
export interface TableOptions {
  /** Default: the name of the set, or `log_lines`. */
  readonly table?: string
  /** Whether it has columns for what every line begins with: time, level, logger, message. Default true. */
  readonly line?: boolean
}

const tableRule: Rule = {
  expected: 'a name with at least one character',
  accepts: (value) => typeof value === 'string' && value !== '',
}

const RULES: Rules<TableOptions> = { table: tableRule, line: flag }
const dialectRule = oneOf('clickhouse', 'duckdb', 'postgres')

const MAX_POSTGRES_BYTES = 63

type Types = Readonly<Record<FieldKindName, string>>

const TYPES: Readonly<Record<Dialect, Types>> = {
  clickhouse: {
    string: 'String',
    int: 'Int64',
    float: 'Float64',
    bool: 'Bool',
    bigint: 'Int256',
    timestamp: "DateTime64(3, 'UTC')",
    duration: 'Float64',
    error: 'String',
    any: 'String',
  },
  duckdb: {
    string: 'VARCHAR',
    int: 'BIGINT',
    float: 'DOUBLE',
    bool: 'BOOLEAN',
    bigint: 'HUGEINT',
    timestamp: 'TIMESTAMPTZ',
    duration: 'DOUBLE',
    error: 'JSON',
    any: 'JSON',
  },
  postgres: {
    string: 'text',
    int: 'bigint',
    float: 'double precision',
    bool: 'boolean',
    bigint: 'numeric',
    timestamp: 'timestamptz',
    duration: 'double precision',
    error: 'jsonb',
    any: 'jsonb',
  },
}

interface Column {
  readonly name: string
  readonly type: string
  readonly comment: string
}

/** What every line begins with. */
const LINE: readonly (readonly [string, FieldKindName])[] = [
  ['time', 'timestamp'],
  ['level', 'string'],
  ['logger', 'string'],
  ['msg', 'string'],
]

/**
 * The statements that create a table for lines, as `json()` writes them. Every column may be null: a value that was not good
 * leaves its column empty, and a line need not have every field.
 */
export function tableOf(
  set: SetNames,
  fields: readonly CompiledField[],
  dialect: Dialect,
  options?: TableOptions,
): string {
  checkOption('ddl', dialect, dialectRule)
  const { table = set.name || 'log_lines', line = true } = checkOptions<TableOptions>('ddl', options, {}, RULES)
  const types = TYPES[dialect]
  const columns: Column[] = line ? LINE.map(([name, kind]) => ({ name, type: types[kind], comment: '' })) : []
  for (const field of fields) {
    const kind = storedKind(field)
    if (kind !== undefined) columns.push({ name: field.key, type: types[kind], comment: remark(field) })
  }
  if (columns.length === 0) throw new OptionError('ddl', 'of a set with a column, or of the line', 'no column')
  checkColumns(columns)
  if (dialect === 'postgres') {
    checkLength('table', table)
    for (const { name } of columns) checkLength(name, name)
  }
  return dialect === 'clickhouse' ? clickHouse(table, columns, line, set) : standard(table, columns, set)
}

/** Some databases do not look at case: the second of two such columns would be refused there, or take the first one's values. */
function checkColumns(columns: readonly Column[]): void {
  const seen = new Map<string, string>()
  for (const { name } of columns) {
    const other = seen.get(name.toLowerCase())
    if (other !== undefined) {
      throw new OptionError(`ddl.${name}`, 'a column whose name does not differ from another in case only', other)
    }
    seen.set(name.toLowerCase(), name)
  }
}

/** Postgres cuts longer names: two columns may then be one, and what a line has under the whole name finds none. */
function checkLength(place: string, name: string): void {
  if (Buffer.byteLength(name) > MAX_POSTGRES_BYTES) {
    throw new OptionError(
      `ddl.${place}`,
      `a name of up to ${MAX_POSTGRES_BYTES} bytes, which is all Postgres keeps`,
      name,
    )
  }
}

function clickHouse(table: string, columns: readonly Column[], hasTime: boolean, set: SetNames): string {
  const name = (plain: string): string => `\`${plain.replace(/[\\`]/g, '\\$&')}\``
  const quoted = (plain: string): string => `'${plain.replace(/[\\']/g, '\\$&')}'`
  const lines = columns.map((column) => {
    // What the table is sorted by may not be null.
    const isKey = hasTime && column.name === 'time'
    const isLabel = hasTime && (column.name === 'level' || column.name === 'logger')
    const type = isKey ? column.type : isLabel ? 'LowCardinality(String)' : `Nullable(${column.type})`
    const comment = column.comment === '' ? '' : ` COMMENT ${quoted(column.comment)}`
    return `  ${name(column.name)} ${type}${comment}`
  })
  const comment = set.description === '' ? '' : `\nCOMMENT ${quoted(set.description)}`
  const order = hasTime ? name('time') : 'tuple()'
  return `CREATE TABLE ${name(table)} (\n${lines.join(',\n')}\n)\nENGINE = MergeTree\nORDER BY ${order}${comment};\n`
}

function standard(table: string, columns: readonly Column[], set: SetNames): string {
  const name = (plain: string): string => `"${plain.replaceAll('"', '""')}"`
  const quoted = (plain: string): string => `'${plain.replaceAll("'", "''")}'`
  const lines = columns.map((column) => `  ${name(column.name)} ${column.type}`)
  const comments = columns
    .filter((column) => column.comment !== '')
    .map((column) => `COMMENT ON COLUMN ${name(table)}.${name(column.name)} IS ${quoted(column.comment)};\n`)
  const own = set.description === '' ? '' : `COMMENT ON TABLE ${name(table)} IS ${quoted(set.description)};\n`
  return `CREATE TABLE ${name(table)} (\n${lines.join(',\n')}\n);\n${own}${comments.join('')}`
}
