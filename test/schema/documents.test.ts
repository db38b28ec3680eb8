import { describe, expect, it } from 'vitest'
import { fields, int, OptionError, string } from 'wideline'
import { captureLogs } from 'wideline/testing'
import { EveryKind, everyValue } from './every-kind.js'
import { problemsOf, type Schema } from './schema-check.js'

function lineOf(values: object): Record<string, unknown> {
  const logs = captureLogs()
  logs.logger.info('paid', EveryKind, values as typeof everyValue)
  return logs.parsed()[0]
}

describe('the JSON Schema of a set', () => {
  const schema = EveryKind.jsonSchema({ id: 'https://example.org/payments' })

  it('names itself, and has a property for each field that is written', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://example.org/payments',
      title: 'payments',
      description: "One line for each payment; don't sum the columns.",
      type: 'object',
    })
    expect(schema['properties']).toMatchObject({
      orderId: { type: 'integer', description: "the order's id | as in the shop" },
      amount: { type: ['number', 'null'], description: 'what was paid (in EUR)' },
      took: { type: ['number', 'null'], description: 'in ms' },
      at: { type: 'string', format: 'date-time' },
      'Note "x"': { type: ['string', 'null'] },
      pin: { type: 'string' },
      price: { type: 'string' },
    })
    expect(schema['properties']).not.toHaveProperty('secretly')
    expect(schema['required']).toEqual('orderId amount status isGift ledger at took price card user pin'.split(' '))
  })

  it('holds for the lines that are written', () => {
    expect(problemsOf(lineOf(everyValue), schema as Schema)).toEqual([])
    const { err: _err, meta: _meta, note: _note, email: _email, ...required } = everyValue
    expect(problemsOf(lineOf(required), schema as Schema)).toEqual([])
    expect(problemsOf(lineOf({ ...everyValue, note: null, amount: NaN }), schema as Schema)).toEqual([])
  })

  it('does not hold for a line without its fields, nor for other kinds of values (control)', () => {
    expect(problemsOf(lineOf({ ...everyValue, orderId: 'x' }), schema as Schema)).toEqual(['orderId is missing'])
    expect(problemsOf({ ...lineOf(everyValue), orderId: 'x', at: 'soon' }, schema as Schema)).toEqual([
      'orderId is no integer',
      'at is no date-time',
    ])
  })
})

describe('the Markdown of a set', () => {
  it('is a table that no text breaks', () => {
    expect(EveryKind.markdown()).toBe(`## payments

One line for each payment; don't sum the columns.

| key | kind | unit | required | redacted | description |
| --- | --- | --- | --- | --- | --- |
| \`orderId\` | int |  | yes |  | the order's id \\| as in the shop |
| \`amount\` | float | EUR | yes |  | what was paid |
| \`status\` | string |  | yes |  |  |
| \`isGift\` | bool |  | yes |  |  |
| \`ledger\` | bigint |  | yes |  |  |
| \`at\` | timestamp |  | yes |  |  |
| \`took\` | duration | ms | yes |  |  |
| \`err\` | error |  |  |  |  |
| \`meta\` | any |  |  |  |  |
| \`price\` | money (string) |  | yes |  |  |
| \`Note "x"\` | string |  |  |  |  |
| \`card\` | string |  | yes | last4 |  |
| \`user\` | string |  | yes | hash |  |
| \`pin\` | int |  | yes | mask |  |
| \`secretly\` | string |  | yes | remove |  |
| \`email\` | string |  |  | by a function |  |
`)
    const hostile = fields({ 'a|`b\nc': int({ description: 'x | y\n## z' }) }).markdown()
    expect(hostile.trimEnd().split('\n')).toHaveLength(3)
    expect(hostile).toContain('| `` a\\|`b c `` | int |')
    // Two backslashes before a bar are one for some readers, and the bar then ends the cell.
    expect(fields({ a: int({ description: 'x \\\\| y' }) }).markdown()).toContain('| x \\| y |')
  })
})

describe('the table of a set', () => {
  it('is made for ClickHouse', () => {
    expect(EveryKind.ddl('clickhouse', { table: 'events' })).toBe(`CREATE TABLE \`events\` (
  \`time\` DateTime64(3, 'UTC'),
  \`level\` LowCardinality(String),
  \`logger\` LowCardinality(String),
  \`msg\` Nullable(String),
  \`orderId\` Nullable(Int64) COMMENT 'the order\\'s id | as in the shop',
  \`amount\` Nullable(Float64) COMMENT 'what was paid (in EUR)',
  \`status\` Nullable(String),
  \`isGift\` Nullable(Bool),
  \`ledger\` Nullable(Int256),
  \`at\` Nullable(DateTime64(3, 'UTC')),
  \`took\` Nullable(Float64) COMMENT 'in ms',
  \`err\` Nullable(String),
  \`meta\` Nullable(String),
  \`price\` Nullable(String),
  \`Note "x"\` Nullable(String),
  \`card\` Nullable(String),
  \`user\` Nullable(String),
  \`pin\` Nullable(String),
  \`email\` Nullable(String)
)
ENGINE = MergeTree
ORDER BY \`time\`
COMMENT 'One line for each payment; don\\'t sum the columns.';
`)
  })

  it('is made for Postgres', () => {
    expect(EveryKind.ddl('postgres', { line: false })).toBe(`CREATE TABLE "payments" (
  "orderId" bigint,
  "amount" double precision,
  "status" text,
  "isGift" boolean,
  "ledger" numeric,
  "at" timestamptz,
  "took" double precision,
  "err" jsonb,
  "meta" jsonb,
  "price" text,
  "Note ""x""" text,
  "card" text,
  "user" text,
  "pin" text,
  "email" jsonb
);
COMMENT ON TABLE "payments" IS 'One line for each payment; don''t sum the columns.';
COMMENT ON COLUMN "payments"."orderId" IS 'the order''s id | as in the shop';
COMMENT ON COLUMN "payments"."amount" IS 'what was paid (in EUR)';
COMMENT ON COLUMN "payments"."took" IS 'in ms';
`)
  })

  it('needs no columns of the line, and is then sorted by nothing', () => {
    expect(fields({ a: int() }).ddl('clickhouse', { line: false })).toBe(
      'CREATE TABLE `log_lines` (\n  `a` Nullable(Int64)\n)\nENGINE = MergeTree\nORDER BY tuple();\n',
    )
  })

  it('takes names that would break out of their quotes for names', () => {
    const set = fields({ [`a"b\`c'd\\`]: string({ description: `'); DROP TABLE x; --` }) }, { name: 't"t`' })
    expect(set.ddl('postgres', { line: false })).toBe(
      `CREATE TABLE "t""t\`" (\n  "a""b\`c'd\\" text\n);\nCOMMENT ON COLUMN "t""t\`"."a""b\`c'd\\" IS '''); DROP TABLE x; --';\n`,
    )
    expect(set.ddl('clickhouse', { line: false })).toContain(
      "CREATE TABLE `t\"t\\`` (\n  `a\"b\\`c'd\\\\` Nullable(String) COMMENT '\\'); DROP TABLE x; --'\n)",
    )
  })

  it('takes names as long as each database keeps them', () => {
    const name = `${'ü'.repeat(31)}x`
    expect(fields({ [name]: int() }).ddl('postgres', { table: name })).toContain(`"${name}" bigint`)
    expect(fields({ [`${name}x`]: int() }).ddl('duckdb')).toContain(`"${name}x" BIGINT`)
  })

  it.each<{ name: string; make: () => string; message: string }>([
    {
      name: 'an unknown dialect',
      make: () => EveryKind.ddl('mysql' as never),
      message: "ddl must be 'clickhouse', 'duckdb' or 'postgres', got \"mysql\"",
    },
    {
      name: 'an unknown option',
      make: () => EveryKind.ddl('duckdb', { name: 'x' } as never),
      message: 'ddl.name must be one of table, line, got "name"',
    },
    {
      name: 'two columns that a database takes for one',
      make: () => fields({ orderId: int(), orderid: int() }).ddl('duckdb'),
      message: 'ddl.orderid must be a column whose name does not differ from another in case only, got "orderId"',
    },
    {
      name: 'a column whose name Postgres would cut',
      make: () => fields({ ['ü'.repeat(32)]: int() }).ddl('postgres'),
      message: `ddl.${'ü'.repeat(32)} must be a name of up to 63 bytes, which is all Postgres keeps, got "${'ü'.repeat(32)}"`,
    },
    {
      name: 'a table whose name Postgres would cut',
      make: () => EveryKind.ddl('postgres', { table: 't'.repeat(64) }),
      message: `ddl.table must be a name of up to 63 bytes, which is all Postgres keeps, got "${'t'.repeat(64)}"`,
    },
    {
      name: 'a table without a name',
      make: () => EveryKind.ddl('duckdb', { table: '' }),
      message: 'ddl.table must be a name with at least one character, got ""',
    },
    {
      name: 'a table without a column',
      make: () => fields({ card: string({ redact: 'remove' }) }).ddl('duckdb', { line: false }),
      message: 'ddl must be of a set with a column, or of the line, got "no column"',
    },
    {
      name: 'an unknown option of a schema',
      make: () => JSON.stringify(EveryKind.jsonSchema({ titel: 'x' } as never)),
      message: 'jsonSchema.titel must be a known option (did you mean title?), got "titel"',
    },
  ])('refuses $name', ({ make, message }) => {
    let refusal: unknown
    try {
      make()
    } catch (problem) {
      refusal = problem
    }
    expect(refusal).toBeInstanceOf(OptionError)
    expect((refusal as OptionError).message).toBe(message)
  })
})
