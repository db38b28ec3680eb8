import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { audit, type AuditSync, verifyAudit } from 'wideline/audit'
import { fixture } from '../../outputs/child.js'
import { secondVerify } from '../second-verifier.js'
import { freshPath, KEY, KEY_ID, OPTIONS, TRUSTED, write } from '../support.js'

const FILES = Number(process.env['AUDIT_FILES'] ?? 10_000)
/** Files that one process writes at once, and processes killed over each file. */
const AT_ONCE = 50
const KILLS = 2
/** Processes at a time. */
const PARALLEL = 2

const key = KEY.export({ type: 'pkcs8', format: 'pem' }).toString()
const program = fixture('../../audit/fixtures/writer.mjs')

/** A number that looks random and is the same in every run. */
function random(seed: number, below: number): number {
  return (Math.imul(seed ^ 0x9e3779b9, 2654435761) >>> 8) % below
}

/** Has a process write the files until it is killed, some milliseconds after its first lines. */
async function writeUntilKilled(files: readonly string[], sync: AuditSync, afterMs: number): Promise<void> {
  const settings = { files, key, keyId: KEY_ID, sync, ending: 'busy', entries: AT_ONCE, checkpointEvery: 5 }
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  child.kill('SIGKILL')
  await ended
}

/** Files that were killed and restarted, in one folder; returns how many of them were called tampered with. */
async function batch(seed: number): Promise<string[]> {
  const folder = path.dirname(freshPath())
  const files = Array.from({ length: AT_ONCE }, (_, i) => path.join(folder, `${i}.log`))
  const alarms: string[] = []
  const judge = async (file: string, want: string, note?: string): Promise<void> => {
    const { verdict, reason } = await verifyAudit(file, {
      publicKeys: [TRUSTED],
      ...(note === undefined ? {} : { lastCheckpoint: note }),
    })
    if (verdict !== want) alarms.push(`${file}: ${verdict}: ${reason}`)
    if (seed % 8 === 0 && secondVerify([fs.readFileSync(file)], [TRUSTED], note) !== want)
      alarms.push(`${file}: the second verifier says otherwise`)
  }
  for (let kill = 0; kill < KILLS; kill++) {
    const sync = random(seed * 7 + kill, 3) === 0 ? 'batch' : 'never'
    await writeUntilKilled(files, sync, random(seed * 31 + kill, 40))
    for (const file of files) await judge(file, 'unanchored')
  }
  for (const [i, file] of files.entries()) {
    // Besides being killed: the end of a file as a loss of power may leave it.
    if (random(seed * 1_009 + i, 3) === 0) fs.truncateSync(file, fs.statSync(file).size - random(seed + i, 900))
    const output = audit(file, OPTIONS)
    write(output, 'at last')
    await output.close()
    await judge(file, 'valid', output.lastCheckpoint)
  }
  fs.rmSync(folder, { recursive: true })
  return alarms
}

it(`${FILES} files whose writers were killed and started again raise no alarm`, async () => {
  const alarms: string[] = []
  let next = 0
  let files = 0
  const run = async (): Promise<void> => {
    while (next * AT_ONCE < FILES) {
      const seed = ++next
      alarms.push(...(await batch(seed)))
      files += AT_ONCE
      process.stderr.write(`files: ${files} of ${FILES}, alarms: ${alarms.length}\n`)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, run))
  expect(alarms).toEqual([])
  expect(files).toBeGreaterThanOrEqual(FILES)
})
