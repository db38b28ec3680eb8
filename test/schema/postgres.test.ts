import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogger, memory, json } from 'wideline'
import { EveryKind, everyValue } from './every-kind.js'

/** Where Debian puts the programs of each version: they are on nobody's path. */
const DEBIAN = '/usr/lib/postgresql'
const versions = fs.existsSync(DEBIAN) ? fs.readdirSync(DEBIAN).map((version) => path.join(DEBIAN, version, 'bin')) : []
const env = { ...process.env, LC_ALL: 'C.UTF-8', PATH: [process.env['PATH'], ...versions].join(path.delimiter) }
const isInstalled = ['initdb', 'postgres'].every((name) => spawnSync(name, ['--version'], { env }).status === 0)
if (!isInstalled) process.stderr.write('skipped: postgres is not here; .ci/run installs it\n')

/** Postgres does not run as root. */
const NOBODY = 65_534
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

type Row = Record<string, unknown>

describe.runIf(isInstalled)('lines put into Postgres with the generated table', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-postgres-'))
  const data = path.join(folder, 'data')
  const run = (program: string, args: readonly string[], input = ''): SpawnSyncReturns<string> =>
    spawnSync(program, args, {
      ...user,
      cwd: folder,
      input,
      encoding: 'utf8',
      env,
    })

  /** Runs statements in a server of one user, and gives the rows that they select as `row`. */
  const rowsOf = (...statements: string[]): Row[] => {
    // With -j a statement ends at a semicolon and an empty line.
    const input = statements.map((statement) => `${statement.replace(/;?\s*$/, ';')}\n\n`).join('')
    const { status, stdout, stderr } = run('postgres', ['--single', '-j', '-D', data, 'postgres'], input)
    const problems = stderr.split('\n').filter((line) => /ERROR|FATAL/.test(line))
    expect({ status, problems }).toEqual({ status: 0, problems: [] })
    return [...stdout.matchAll(/row = "([^\n]*)"\t\(typeid/g)].map(([, row]) => JSON.parse(row) as Row)
  }

  const lines: string[] = []
  beforeAll(() => {
    if (user.uid !== undefined) fs.chownSync(folder, NOBODY, NOBODY)
    const made = run('initdb', ['-D', data, '-U', 'postgres', '-E', 'UTF8', '-A', 'trust', '--no-sync'])
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`)
    const output = memory()
    const log = createLogger({ name: 'shop', outputs: [{ output, encoder: json() }] })
    log.info('paid', EveryKind, everyValue)
    log.warn('not good', EveryKind, { ...everyValue, orderId: 1.5, amount: 'much' as never, at: 'soon' as never })
    log.info('extremes', EveryKind, { ...everyValue, orderId: Number.MIN_SAFE_INTEGER, ledger: -(2n ** 127n - 1n) })
    lines.push(...output.lines)
    rowsOf(
      ...EveryKind.ddl('postgres')
        .split(/(?<=;)\n/)
        .filter((statement) => statement !== ''),
    )
    rowsOf(
      ...lines.map((line) => {
        const record = `'${line.trim().replaceAll("'", "''")}'::jsonb`
        return `INSERT INTO payments SELECT * FROM jsonb_populate_record(null::payments, ${record})`
      }),
    )
  }, 120_000)
  afterAll(() => fs.rmSync(folder, { recursive: true }))

  const rowOf = (msg: string): Row => rowsOf(`SELECT to_jsonb(payments) AS row FROM payments WHERE msg = '${msg}'`)[0]

  it('give every value back, with the type it was declared with', () => {
    const { time, at, ...row } = rowOf('paid')
    const { time: loggedTime, at: loggedAt, emailError: _none, ...line } = JSON.parse(lines[0]) as Row
    expect([time, at].map((each) => new Date(String(each)).toISOString())).toEqual([loggedTime, loggedAt])
    expect(row).toEqual(line)
    expect(
      rowsOf(
        "SELECT jsonb_build_object('sum', sum(\"amount\" * 2), 'year', max(extract(year FROM \"at\"))) AS row FROM payments WHERE msg = 'paid'",
      ),
    ).toEqual([{ sum: 199, year: 2026 }])
  })

  it('leave a column empty where the value was not good', () => {
    expect(rowOf('not good')).toMatchObject({ level: 'warn', orderId: null, amount: null, at: null, status: 'ok' })
  })

  it('hold what is at the ends of its kind', () => {
    const sql = `SELECT jsonb_build_object('ledger', "ledger"::text, 'id', "orderId"::text) AS row FROM payments WHERE msg = 'extremes'`
    expect(rowsOf(sql)).toEqual([{ ledger: String(-(2n ** 127n - 1n)), id: String(Number.MIN_SAFE_INTEGER) }])
  })

  it('stand in columns with the comments of the declaration', () => {
    const sql = `SELECT jsonb_build_object('column', attname, 'says', col_description(attrelid, attnum)) AS row
      FROM pg_attribute WHERE attrelid = 'payments'::regclass AND attnum > 0 AND col_description(attrelid, attnum) IS NOT NULL`
    expect(rowsOf(sql)).toEqual([
      { column: 'orderId', says: "the order's id | as in the shop" },
      { column: 'amount', says: 'what was paid (in EUR)' },
      { column: 'took', says: 'in ms' },
    ])
  })
})
