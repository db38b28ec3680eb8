import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bigint, bool, createLogger, fields, file, int, json, timestamp } from 'wideline'
import { EveryKind, everyValue } from './every-kind.js'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-duckdb-'))
const lines = path.join(folder, 'lines.ndjson')
const quoted = `'${lines.replaceAll("'", "''")}'`

type Row = Record<string, unknown>

let rowsOf: (...statements: string[]) => Promise<Row[]>
let close: () => void

beforeAll(async () => {
  const log = createLogger({ name: 'shop', outputs: [{ output: file(lines), encoder: json() }] })
  log.info('paid', EveryKind, everyValue)
  log.warn('not good', EveryKind, { ...everyValue, orderId: 1.5, amount: 'much' as never, at: 'soon' as never })
  log.info('nothing', EveryKind, { ...everyValue, err: null, meta: null, note: null, amount: NaN })
  log.info('extremes', EveryKind, {
    ...everyValue,
    orderId: Number.MIN_SAFE_INTEGER,
    amount: -1.7976931348623157e308,
    ledger: -(2n ** 127n - 1n),
    at: 0,
    meta: 'text',
  })
  log.info('of another part of the program', { orderId: 7, other: true })
  for (let i = 0; i < 10_000; i++) log.info('paid', EveryKind, { ...everyValue, orderId: i, amount: i / 4 })
  await log.close()

  const db = await DuckDBInstance.create(':memory:')
  const connection = await db.connect()
  rowsOf = async (...statements) => {
    for (const statement of statements.slice(0, -1)) await connection.run(statement)
    return (await connection.runAndReadAll(statements.at(-1)!)).getRowObjectsJson()
  }
  close = () => {
    connection.closeSync()
    db.closeSync()
  }
  for (const statement of EveryKind.ddl('duckdb').split(/;\n/)) if (statement !== '') await connection.run(statement)
  await connection.run(`COPY payments FROM ${quoted} (FORMAT json)`)
})

afterAll(() => {
  close()
  fs.rmSync(folder, { recursive: true })
})

/** A line as it stands in the file. */
function lineOf(msg: string): Row {
  const found = fs
    .readFileSync(lines, 'utf8')
    .split('\n')
    .find((line) => line.includes(`"msg":"${msg}"`))
  return JSON.parse(found ?? '{}') as Row
}

describe('lines loaded into DuckDB with the generated table', () => {
  it('give every value back, with the type it was declared with', async () => {
    const [row] = await rowsOf("SELECT * FROM payments WHERE msg = 'paid' LIMIT 1")
    const line = lineOf('paid')
    expect(row).toMatchObject({
      level: 'info',
      logger: 'shop',
      orderId: '42', // getRowObjectsJson shows integers of 64 bits and more as text
      amount: 99.5,
      status: 'ok',
      isGift: true,
      ledger: String(2n ** 100n),
      at: '2026-11-23 02:52:15.206+00',
      took: 12.5,
      price: '5 EUR',
      'Note "x"': everyValue.note,
      card: '…1234',
      user: line['user'],
      pin: '[Redacted]',
    })
    expect(JSON.parse(row['err'] as string)).toEqual(line['err'])
    expect(JSON.parse(row['meta'] as string)).toEqual(everyValue.meta)
    expect(JSON.parse(row['email'] as string)).toBe('@example.org')
    expect(row).not.toHaveProperty('secretly')
  })

  it('leave a column empty where the value was not good or not there', async () => {
    const [bad] = await rowsOf("SELECT * FROM payments WHERE msg = 'not good'")
    expect(bad).toMatchObject({ orderId: null, amount: null, at: null, status: 'ok', level: 'warn' })
    expect(lineOf('not good')).toMatchObject({ orderIdError: 'expected int, got number 1.5' })
    const [empty] = await rowsOf("SELECT * FROM payments WHERE msg = 'nothing'")
    expect(empty).toMatchObject({ amount: null, meta: null, err: null, 'Note "x"': null })
    const [other] = await rowsOf("SELECT * FROM payments WHERE msg = 'of another part of the program'")
    expect(other).toMatchObject({ orderId: '7', amount: null })
  })

  it('hold what is at the ends of its kind', async () => {
    const [row] = await rowsOf("SELECT * FROM payments WHERE msg = 'extremes'")
    expect(row).toMatchObject({
      orderId: String(Number.MIN_SAFE_INTEGER),
      amount: -1.7976931348623157e308,
      ledger: String(-(2n ** 127n - 1n)),
      at: '1970-01-01 00:00:00+00',
      meta: '"text"',
    })
  })

  it('are taken where a name alone hides a value, whatever its kind, and where a time is of no year', async () => {
    const Login = fields({ otp: int(), 'user.password': bool(), apiKey: bigint({ optional: true }), at: timestamp() })
    const logins = path.join(folder, 'logins.ndjson')
    const log = createLogger({ outputs: [{ output: file(logins), encoder: json() }] })
    log.info('in', Login, { otp: 123_456, 'user.password': true, apiKey: 7n, at: 1_700_000_000_000_000 })
    await log.close()
    const rows = await rowsOf(
      Login.ddl('duckdb', { table: 'logins', line: false }),
      `COPY logins FROM '${logins.replaceAll("'", "''")}' (FORMAT json)`,
      'SELECT * FROM logins',
    )
    const hidden = '[Redacted]'
    expect(rows).toEqual([{ otp: hidden, 'user.password': hidden, apiKey: hidden, at: null }])
    expect(Login.jsonSchema()).toMatchObject({
      properties: { otp: { type: 'string' }, apiKey: { type: ['string', 'null'] } },
    })
  })

  it('are all there, and can be reckoned with', async () => {
    expect(
      await rowsOf(`SELECT count(*)::INT AS n, count(DISTINCT "orderId")::INT AS ids, sum(amount) AS sum,
        max("at") = min("at") AS same FROM payments WHERE msg = 'paid' AND took > 12`),
    ).toEqual([{ n: 10_001, ids: 10_000, sum: 99.5 + (9999 * 10_000) / 8, same: true }])
  })

  it('stand in columns with the comments of the declaration, and no others', async () => {
    const columns = await rowsOf(
      "SELECT column_name AS name, comment FROM duckdb_columns() WHERE table_name = 'payments'",
    )
    expect(columns.map(({ name }) => name)).toEqual([
      'time',
      'level',
      'logger',
      'msg',
      ...EveryKind.lineKeys.filter((key) => key !== 'secretly'),
    ])
    expect(Object.fromEntries(columns.map(({ name, comment }) => [name, comment]))).toMatchObject({
      orderId: "the order's id | as in the shop",
      amount: 'what was paid (in EUR)',
      took: 'in ms',
    })
  })
})
