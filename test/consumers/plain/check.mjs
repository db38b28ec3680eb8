// What a program does with wideline, whichever way it came by it. Whatever is not as it should be ends it with an error.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { gunzipSync } from 'node:zlib'

const linesOf = (text) => text.trimEnd().split('\n').map(JSON.parse)

export async function check(api) {
  process.exitCode = 1 // until it is through: a process that has nothing to wait for ends quietly
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-plain-'))
  try {
    await writeByWorker(api.wideline, path.join(folder, 'worker.log'))
    await compressRotated(api.wideline, path.join(folder, 'rotated.log'))
    captureInMemory(api)
    await sealAndVerify(api, path.join(folder, 'audit.log'))
    for (const decorator of [api.LogField.int, api.LogFields, api.Logged]) assert.equal(typeof decorator, 'function')
    process.exitCode = 0
    console.log(`wideline works on Node.js ${process.versions.node}`)
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** A thread of its own writes the lines: one is started, and nothing is reported of it. */
async function writeByWorker({ createLogger, file, json, worker }, target) {
  let threads = 0
  process.on('worker', () => threads++)
  const faults = []
  const output = worker(file(target))
  const log = createLogger({
    name: 'shop',
    level: 'debug',
    fields: { service: 'orders' },
    outputs: [{ output, encoder: json() }],
    redact: { paths: ['card'], strategy: 'hash' },
    onError: (error) => faults.push(error),
  })
  const child = log.child({ requestId: 'r-1' })
  for (let i = 0; i < 1_000; i++) child.info('order paid', { orderId: i, password: 'hunter2', card: '4242' })
  log.error('payment failed', new Error('gateway timeout', { cause: new Error('socket closed') }))
  await log.close()
  const lines = linesOf(fs.readFileSync(target, 'utf8'))
  assert.equal(lines.length, 1_001)
  const { logger, msg, service, requestId, orderId, password, card } = lines[999]
  assert.deepEqual(
    { logger, msg, service, requestId, orderId, password },
    { logger: 'shop', msg: 'order paid', service: 'orders', requestId: 'r-1', orderId: 999, password: '[Redacted]' },
  )
  assert.match(card, /^hmac:[0-9a-f]{16}$/)
  assert.equal(lines[1_000].error.cause.message, 'socket closed')
  assert.deepEqual(faults, [])
  await until(() => (threads > 0 ? threads : undefined)) // the event comes later than the thread
  assert.equal(threads, 1)
}

/** What is rotated is compressed two seconds later, by modules that are loaded only then. */
async function compressRotated({ createLogger, file, json }, target) {
  const output = file(target, { rotate: { maxBytes: 65_536, compress: 'gzip' } })
  const log = createLogger({ outputs: [{ output, encoder: json() }] })
  for (let i = 0; i < 2_000; i++) log.info('order paid', { orderId: i })
  await log.flush()
  const zipped = await until(() => fs.readdirSync(path.dirname(target)).find((name) => name.endsWith('.gz')))
  assert.equal(linesOf(gunzipSync(fs.readFileSync(path.join(path.dirname(target), zipped))).toString())[0].orderId, 0)
  await log.close()
}

async function until(find) {
  const deadline = Date.now() + 60_000
  for (;;) {
    const found = find()
    if (found !== undefined) return found
    assert.ok(Date.now() < deadline, 'nothing came of it within a minute')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function captureInMemory({ captureLogs, fixedClock, wideline }) {
  const { fields, int, template } = wideline
  const logs = captureLogs({ clock: fixedClock(0) })
  logs.logger.info(template('user {user} bought {qty}'), { user: 'ada', qty: 2 })
  logs.logger.info('order paid', fields({ orderId: int() }), { orderId: 42 })
  const time = '1970-01-01T00:00:00.000Z'
  assert.deepEqual(logs.parsed(), [
    { level: 'info', time, msg: 'user ada bought 2', user: 'ada', qty: 2 },
    { level: 'info', time, msg: 'order paid', orderId: 42 },
  ])
}

async function sealAndVerify({ audit, verifierKey, verifyAudit, wideline }, target) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const keyId = 'shop.example/audit'
  const log = wideline.createLogger({ outputs: [audit(target, { key: privateKey, keyId })] })
  log.info('order paid', { orderId: 42 })
  await log.close()
  const { verdict, problems } = await verifyAudit(target, { publicKeys: [verifierKey(keyId, publicKey)] })
  assert.ok(verdict === 'valid' || verdict === 'unanchored', JSON.stringify(problems))
}
