import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { audit, type AuditOptions, verifierKey, verifyAudit } from '../../src/audit/index.js'
import { createLogger } from '../../src/index.js'
import { OptionError } from '../../src/options/option-error.js'
import { hardCases } from './hard-cases.js'
import { TRUSTED } from './support.js'

const VERIFIER = fileURLToPath(new URL('stranger/verify.py', import.meta.url))
const CHANGES = 300
const hasPython = spawnSync('python3', ['--version']).status === 0

interface Key {
  readonly keyId: string
  readonly pem: string
  readonly trusted: string
}

interface Made {
  readonly files: readonly Buffer[]
  readonly notes: readonly string[]
}

interface Case {
  readonly what: string
  readonly files: readonly Buffer[]
  readonly keys: readonly string[]
  readonly held: string | Buffer | undefined
}

const folder = mkdtempSync(join(tmpdir(), 'stranger-'))
afterAll(() => rmSync(folder, { recursive: true }))

function makeKey(keyId: string): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { keyId, pem, trusted: verifierKey(keyId, publicKey) }
}

const [first, second, foreign] = [makeKey('stranger/1'), makeKey('stranger/2'), makeKey('foreign')]

/** A log of three files, whose key is rotated in the second, and the checkpoints of all. */
async function makeRotated(algorithm: 'sha256' | 'sha512'): Promise<Made> {
  const path = join(folder, `rotated-${algorithm}`)
  const notes: string[] = []
  const options: AuditOptions = { key: first.pem, keyId: first.keyId, checkpointEvery: 3, algorithm }
  const output = audit(path, { ...options, onCheckpoint: (note) => notes.push(note) })
  const log = createLogger({ outputs: [output] })
  for (let i = 0; i < 5; i++) log.info('first', { i })
  await output.rotate()
  log.info('second')
  await output.rotateKey(second.pem, second.keyId)
  log.info('second', { text: 'ü "\\\u2028' })
  await output.rotate()
  for (let i = 0; i < 4; i++) log.info('third', { i })
  await log.close()
  return { files: [`${path}.000001`, `${path}.000002`, path].map((file) => readFileSync(file)), notes }
}

/** A file whose writer was ended and began again, on what `damage` made of it. */
async function makeRestarted(name: string, damage: (bytes: Buffer) => Buffer): Promise<Made> {
  const path = join(folder, name)
  const notes: string[] = []
  for (let run = 0; run < 3; run++) {
    const output = audit(path, {
      key: first.pem,
      keyId: first.keyId,
      checkpointEvery: 2,
      metadata: { 10: 'x', a: 1e21, b: 1.5e-7, '2': true },
      onCheckpoint: (note) => notes.push(note),
    })
    const log = createLogger({ outputs: [output] })
    for (let i = 0; i < 3; i++) log.info('run', { run, i })
    await log.close()
    if (run === 1) writeFileSync(path, damage(readFileSync(path)))
  }
  return { files: [readFileSync(path)], notes }
}

function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 4) % below
  }
}

const linesOf = (bytes: Buffer): Buffer[] =>
  bytes
    .toString('latin1')
    .split(/(?<=\n)/)
    .map((line) => Buffer.from(line, 'latin1'))

function change(bytes: Buffer, other: Buffer, random: (below: number) => number): Buffer {
  const [lines, others] = [linesOf(bytes), linesOf(other)]
  const at = random(lines.length)
  const to = random(lines.length)
  const kind = random(8)
  if (kind === 0) lines.splice(at, 1)
  else if (kind === 1) lines.splice(at, 0, lines[to])
  else if (kind === 2) [lines[at], lines[to]] = [lines[to], lines[at]]
  else if (kind === 3) lines.splice(at, 1, others[random(others.length)])
  else if (kind === 4) lines.splice(at, lines.length, ...others.slice(random(others.length)))
  else if (kind === 5) lines[at] = Buffer.from(lines[at].toString('latin1').replace(/\\n— [^\\]*/, ''), 'latin1')
  else if (kind === 6) return bytes.subarray(0, random(bytes.length))
  else {
    const flipped = Buffer.from(bytes)
    flipped[random(bytes.length)] ^= 1 << random(8)
    return flipped
  }
  return Buffer.concat(lines)
}

async function makeCases(): Promise<Case[]> {
  const made = [
    await makeRotated('sha256'),
    await makeRotated('sha512'),
    await makeRestarted('restarted', (bytes) => bytes),
    await makeRestarted('torn', (bytes) => bytes.subarray(0, -40)),
    await makeRestarted('malformed', (bytes) => Buffer.concat([bytes, Buffer.from('{"@audit":"cut"}\nx\n')])),
    await makeRestarted('torn entry', (bytes) => Buffer.concat([bytes, Buffer.from('{"@aud')])),
  ]
  const keys = [first.trusted]
  const cases: Case[] = []
  const add = (what: string, files: readonly Buffer[], held?: string | Buffer, trusted = keys): void => {
    cases.push({ what, files, keys: trusted, held })
  }
  for (const { files, notes } of made) {
    for (const note of [undefined, ...notes]) add('as it was made', files, note)
    add('with a foreign key', files, notes.at(-1), [foreign.trusted])
    add(
      'with a checkpoint that was signed again',
      files,
      notes.at(-1)?.replace(/— \S+ \S{20}/, '— witness AAAAAAAAAAAAAAAAAAAA'),
    )
    add('in a wrong order', files.toReversed(), notes.at(-1))
    add('without the last file', files.slice(0, -1).concat(Buffer.alloc(0)), notes.at(-1))
  }
  const hard = await hardCases()
  for (const { what, files, held } of hard) add(what, files, held, [TRUSTED])
  const { files: wellMade } = made[0]
  const good = made[0].notes.at(-1)!
  for (const name of ['witness', 'wit\u0085ness', 'wit\ufeffness', 'wit\ufffdness', 'wit+ness', 'w'.repeat(300)])
    add(`held, and signed by ${JSON.stringify(name)} too`, wellMade, `${good}— ${name} AAAAAAAAAAAA\n`)
  const sound = Buffer.from(good)
  for (let at = 0; at < sound.length; at += 3) {
    const damaged = Buffer.from(sound)
    damaged[at] = 0xff
    add(`held with a damaged byte ${at}`, wellMade, damaged)
  }
  const [small] = wellMade
  for (let length = 0; length < small.length; length += 5) add(`cut to ${length} bytes`, [small.subarray(0, length)])
  const random = numbers(20261125)
  for (let i = 0; i < CHANGES; i++) {
    const { files, notes } = made[random(made.length)]
    const at = random(files.length)
    const { files: others } = made[random(made.length)]
    const changed = change(files[at], others[random(others.length)], random)
    add(`change ${i}`, files.with(at, changed), random(2) === 0 ? notes.at(-1) : undefined)
  }
  for (let i = 0; i < CHANGES / 3; i++) {
    const { what, files, held } = hard[random(hard.length)]
    const at = random(files.length)
    const { files: others } = hard[random(hard.length)]
    add(`${what}, change ${i}`, files.with(at, change(files[at], others[random(others.length)], random)), held, [
      TRUSTED,
    ])
  }
  return cases
}

async function verdictOf(
  paths: readonly string[],
  publicKeys: readonly string[],
  held: string | undefined,
): Promise<'valid' | 'unanchored' | 'tampered' | 'unusable'> {
  try {
    const { verdict } = await verifyAudit(paths, {
      publicKeys,
      ...(held === undefined ? {} : { lastCheckpoint: held }),
    })
    if (verdict === 'unreadable') expect.fail(`${paths.join()} cannot be read`)
    return verdict
  } catch (error) {
    if (error instanceof OptionError) return 'unusable'
    throw error
  }
}

it('a verifier in Python, written from docs/audit-format.md alone, gives the same verdicts', async ({ skip }) => {
  if (!hasPython) skip('there is no python3 here: the verifier in Python was not run')
  const cases = await makeCases()
  const counts = { valid: 0, unanchored: 0, tampered: 0, unusable: 0 }
  const rows: string[] = []
  const ours: string[] = []
  let written = 0
  const write = (bytes: Buffer | string): string => {
    const path = join(folder, `case-${written++}`)
    writeFileSync(path, bytes)
    return path
  }
  for (const { files, keys, held } of cases) {
    const paths = files.map(write)
    rows.push(JSON.stringify({ files: paths, keys, checkpoint: held === undefined ? null : write(held) }))
    const verdict = await verdictOf(paths, keys, held?.toString())
    ours.push(verdict)
    counts[verdict]++
  }
  const { stdout, stderr } = spawnSync('python3', [VERIFIER, '--batch'], { input: rows.join('\n'), encoding: 'utf8' })
  expect(stderr).toBe('')
  const theirs = stdout.split('\n').map((row) => row.split('\t')[0])
  const differences = cases.flatMap(({ what }, i) =>
    ours[i] === theirs[i] ? [] : [`${what}: ${ours[i]}, ${theirs[i]}`],
  )
  expect(differences).toEqual([])
  expect(theirs).toHaveLength(cases.length + 1)
  expect(counts.valid).toBeGreaterThan(5)
  expect(counts.unanchored).toBeGreaterThan(20)
  expect(counts.tampered).toBeGreaterThan(150)
  expect(counts.unusable).toBeGreaterThan(100)
}, 120_000)
