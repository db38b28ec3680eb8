// npm run bench:audit              records a second of audit() in batch and synced mode, beside file() and the disk's own
//                                  fdatasync rate; megabytes a second of verifyAudit(), beside SHA-256 alone
// npm run bench:audit -- --quick   fewer rounds; writes nothing
//
// Writes bench/results/audit.json. Entrants take turns; ratios are taken within a round.
import { createHash, generateKeyPairSync } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { assertBuilt, defaultCore } from '../entrants/wideline.mjs'
import { describeMachine, loadAverage } from '../machine.mjs'
import { writeResult } from '../results.mjs'
import { median } from '../statistics.mjs'

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, folder: { type: 'string', default: os.tmpdir() } },
})
assertBuilt(defaultCore)
const { createLogger, file } = await import(new URL('../../dist/esm/src/index.js', import.meta.url))
const { audit, verifierKey, verifyAudit } = await import(new URL('../../dist/esm/src/audit/index.js', import.meta.url))

const ROUNDS = values.quick ? 5 : 30
const BATCH_LINES = values.quick ? 40_000 : 100_000
const LINES_A_TURN = 20
const SYNCED_MS = values.quick ? 300 : 1_000
const VERIFIED_BYTES = (values.quick ? 32 : 128) * 1_048_576
const TARGETS = { batchRecordsPerSecond: 20_000, syncedRecordsPerSecond: 1_000, verifiedMegabytesPerSecond: 100 }

const folder = fs.mkdtempSync(path.join(values.folder, 'wideline-bench-audit-'))
const { privateKey } = generateKeyPairSync('ed25519')
const options = { key: privateKey, keyId: 'bench' }
let count = 0
const fresh = () => path.join(folder, `${++count}.log`)

function order(log, i) {
  log.info('order paid', { orderId: i, amount: 99.5, status: 'ok' })
}

/** Microseconds of processor time and wall time that a step takes. */
async function timed(step) {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await step()
  const { user, system } = process.cpuUsage(cpu)
  return { cpuUs: user + system, wallUs: (performance.now() - start) * 1_000 }
}

/** Lines as a server logs them, some a turn of the event loop, until all are on the disk. */
async function logLines(output) {
  const log = createLogger({ outputs: [output] })
  const time = await timed(async () => {
    for (let i = 0; i < BATCH_LINES; i++) {
      order(log, i)
      if (i % LINES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await log.flush()
  })
  await log.close()
  return time
}

async function batchRound() {
  const audited = fresh()
  const plain = fresh()
  const ours = await logLines(audit(audited, { ...options, sync: 'batch' }))
  const without = await logLines(file(plain))
  for (const one of [audited, plain]) fs.rmSync(one)
  return {
    recordsPerSecond: (BATCH_LINES / ours.wallUs) * 1e6,
    cpuUsPerRecord: ours.cpuUs / BATCH_LINES,
    timesFile: ours.cpuUs / without.cpuUs,
  }
}

/** Records a second with a sync for each, and how often the disk syncs such writes without us. */
async function syncedRound() {
  const output = audit(fresh(), { ...options, sync: 'each' })
  const log = createLogger({ outputs: [output] })
  let records = 0
  const start = performance.now()
  while (performance.now() - start < SYNCED_MS) order(log, records++)
  const recordsPerSecond = (records / (performance.now() - start)) * 1_000
  await log.close()
  const raw = fs.openSync(fresh(), 'a')
  const line = Buffer.alloc(110, 0x78)
  let syncs = 0
  const rawStart = performance.now()
  while (performance.now() - rawStart < SYNCED_MS) {
    fs.writeSync(raw, line)
    fs.fdatasyncSync(raw)
    syncs++
  }
  const diskPerSecond = (syncs / (performance.now() - rawStart)) * 1_000
  fs.closeSync(raw)
  return { recordsPerSecond, diskPerSecond, ofDisk: recordsPerSecond / diskPerSecond }
}

async function makeLargeFile() {
  const name = fresh()
  const output = audit(name, { ...options, sync: 'never' })
  const log = createLogger({ outputs: [output] })
  for (let i = 0; output.stats().fileBytes < VERIFIED_BYTES; i++) {
    order(log, i)
    if (i % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await log.close()
  return { name, note: output.lastCheckpoint }
}

async function verifyRound({ name, note }) {
  const { size } = fs.statSync(name)
  let verdict
  const ours = await timed(async () => {
    verdict = await verifyAudit(name, { publicKeys: [verifierKey('bench', privateKey)], lastCheckpoint: note })
  })
  if (verdict.verdict !== 'valid') throw new Error(`the file of the bench is ${verdict.verdict}: ${verdict.reason}`)
  const hashed = await timed(async () => {
    const hash = createHash('sha256')
    for await (const chunk of fs.createReadStream(name, { highWaterMark: 1_048_576 })) hash.update(chunk)
    hash.digest()
  })
  return { megabytesPerSecond: size / ours.cpuUs, sha256MegabytesPerSecond: size / hashed.cpuUs }
}

async function rounds(name, step, warmUps) {
  const all = []
  for (let i = 0; i < ROUNDS + warmUps; i++) {
    process.stderr.write(`\rbench: ${name}, round ${i + 1} of ${ROUNDS + warmUps} `)
    const one = await step()
    if (i >= warmUps) all.push(one)
  }
  process.stderr.write('\r\u001b[K')
  return Object.fromEntries(Object.keys(all[0]).map((key) => [key, median(all.map((one) => one[key]))]))
}

const result = {
  machine: describeMachine(),
  settings: { ROUNDS, BATCH_LINES, LINES_A_TURN, VERIFIED_BYTES },
  targets: TARGETS,
}
result.loadBefore = loadAverage()
result.batch = await rounds('batch', batchRound, 2)
result.synced = await rounds('synced', syncedRound, 1)
const large = await makeLargeFile()
result.verify = await rounds('verify', () => verifyRound(large), 2)
result.loadAfter = loadAverage()
fs.rmSync(folder, { recursive: true })

const isMet = (value, target) => (value >= target ? 'met' : 'MISSED')
const { batch, synced, verify } = result
console.log(
  `batch: ${Math.round(batch.recordsPerSecond)} records/s on the disk, ${batch.cpuUsPerRecord.toFixed(2)} µs of CPU each, ` +
    `${batch.timesFile.toFixed(2)}× file(); target ${TARGETS.batchRecordsPerSecond}: ${isMet(batch.recordsPerSecond, TARGETS.batchRecordsPerSecond)}`,
)
const syncedTarget = Math.min(TARGETS.syncedRecordsPerSecond, synced.diskPerSecond * 0.9)
console.log(
  `synced: ${Math.round(synced.recordsPerSecond)} records/s, the disk alone ${Math.round(synced.diskPerSecond)} (${synced.ofDisk.toFixed(2)}); ` +
    `target ${TARGETS.syncedRecordsPerSecond} or the disk's own: ${isMet(synced.recordsPerSecond, syncedTarget)}`,
)
console.log(
  `verify: ${verify.megabytesPerSecond.toFixed(0)} MB/s of one core, SHA-256 alone ${verify.sha256MegabytesPerSecond.toFixed(0)}; ` +
    `target ${TARGETS.verifiedMegabytesPerSecond}: ${isMet(verify.megabytesPerSecond, TARGETS.verifiedMegabytesPerSecond)}`,
)
if (!values.quick) writeResult('audit.json', result)
