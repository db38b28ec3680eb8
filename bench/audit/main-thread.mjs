// node bench/audit/main-thread.mjs   what audit() leaves on the main thread, beside file() and worker(file()): microseconds of
//                                    its processor time a record, and how long its writes take. Linux only. Writes nothing.
//
// The kernel's own count of the thread's time: what other processes do makes it noisy, not wrong. Entrants take turns.
import { generateKeyPairSync } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { assertBuilt, defaultCore } from '../entrants/wideline.mjs'
import { median } from '../statistics.mjs'

assertBuilt(defaultCore)

const ROUNDS = 7
const ROUND_MS = 1_500
const RECORDS_PER_SECOND = 100_000

const writeTimes = []
const write = fs.writeSync.bind(fs)
fs.writeSync = (...call) => {
  const start = performance.now()
  const written = write(...call)
  writeTimes.push(performance.now() - start)
  return written
}

const { createLogger, file, worker } = await import(new URL('../../dist/esm/src/index.js', import.meta.url))
const { audit } = await import(new URL('../../dist/esm/src/audit/index.js', import.meta.url))

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-bench-audit-'))
const { privateKey } = generateKeyPairSync('ed25519')
const ENTRANTS = {
  "file(), 'tick'": (name) => file(name),
  "worker(file()), 'block'": (name) => worker(file(name, { buffer: 'block' })),
  "audit(), 'never'": (name) => audit(name, { key: privateKey, keyId: 'bench', sync: 'never' }),
  "audit(), 'batch'": (name) => audit(name, { key: privateKey, keyId: 'bench', sync: 'batch' }),
}

const mainThreadUs = () =>
  Number(fs.readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e3

/** Logs at a rate. Microseconds of this thread a record, and how long its writes took. */
async function round(make, name) {
  const log = createLogger({ outputs: [make(name)] })
  writeTimes.length = 0
  const before = mainThreadUs()
  const start = performance.now()
  let records = 0
  for (let elapsed = 0; elapsed < ROUND_MS; elapsed = performance.now() - start) {
    const due = Math.floor((elapsed / 1_000) * RECORDS_PER_SECOND)
    for (; records < due; records++) log.info('order paid', { orderId: records, amount: 99.5, status: 'ok' })
    await new Promise((resolve) => setImmediate(resolve))
  }
  const us = (mainThreadUs() - before) / records
  const times = [...writeTimes]
  await log.close()
  fs.rmSync(name)
  return { us, times }
}

const found = Object.fromEntries(Object.keys(ENTRANTS).map((name) => [name, { us: [], times: [] }]))
for (let i = 0; i < ROUNDS; i++)
  for (const [name, make] of Object.entries(ENTRANTS)) {
    const { us, times } = await round(make, path.join(folder, `${i}.log`))
    found[name].us.push(us)
    found[name].times.push(...times)
  }
fs.rmSync(folder, { recursive: true })

for (const [name, { us, times }] of Object.entries(found)) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share) => (sorted.length === 0 ? '–' : sorted[Math.floor(sorted.length * share)].toFixed(3))
  const range = `${Math.min(...us).toFixed(2)} to ${Math.max(...us).toFixed(2)}`
  console.log(`${name}: ${median(us).toFixed(2)} µs a record (${range}); a write p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`)
}
