// npm run bench:bridge [-- --quick]   what it costs to hand a log call to OpenTelemetry; writes bench/results/bridge.json,
//                                 with --quick partial-bridge.json
//
// The ways of three loggers to the Logs API of the official SDK, which are otel() here, pino's official instrumentation and
// winston's official transport, end in one log record processor that counts: what a call costs until its record is in the
// SDK, and nothing of what exporters do with it later. None of them writes text beside it: pino's own stream throws it away.
// Entrants take turns, batch by batch, and are compared pair by pair. The time is the processor's.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describeMachine } from './machine.mjs'
import { installPeers, peerVersions, requirePeer } from './peers.mjs'
import { writeResult } from './results.mjs'
import { summarize } from './statistics.mjs'

installPeers()
const { orderOf } = await import('./orders.mjs')
const { createLogger } = await import('../dist/esm/src/index.js')
const { otel } = await import('../dist/esm/integrations/opentelemetry/index.js')
const load = createRequire(import.meta.url)
const { logs } = load('@opentelemetry/api-logs')
const { LoggerProvider } = load('@opentelemetry/sdk-logs')

const isQuick = process.argv.includes('--quick')
const rounds = isQuick ? 41 : 201
const callsPerBatch = isQuick ? 2_000 : 5_000
const warmUpBatches = 10

let last
let count = 0
const counting = {
  onEmit(record) {
    count++
    last = record
  },
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
}
const provider = new LoggerProvider({ processors: [counting] })
logs.setGlobalLoggerProvider(provider)

const fieldsOf = ({ orderId, amount, status }) => ({ orderId, amount, status })

function wideline() {
  const log = createLogger({ name: 'shop', outputs: [otel()] })
  return { message: () => log.info('order paid'), object3: (i) => log.info('order paid', fieldsOf(orderOf(i))) }
}

function pino() {
  const { PinoInstrumentation } = requirePeer('@opentelemetry/instrumentation-pino')
  const instrumentation = new PinoInstrumentation()
  instrumentation.setLoggerProvider(provider)
  const log = requirePeer('pino')({ name: 'shop' }, { write: () => undefined })
  return { message: () => log.info('order paid'), object3: (i) => log.info(fieldsOf(orderOf(i)), 'order paid') }
}

function winston() {
  const { OpenTelemetryTransportV3 } = requirePeer('@opentelemetry/winston-transport')
  const log = requirePeer('winston').createLogger({ transports: [new OpenTelemetryTransportV3()] })
  return { message: () => log.info('order paid'), object3: (i) => log.info('order paid', fieldsOf(orderOf(i))) }
}

/** Each record says what it should before anything is timed. */
function check(name, call, fields) {
  const before = count
  call(0)
  assert.equal(count, before + 1, `${name}: one call, one record`)
  assert.equal(last.body, 'order paid', name)
  assert.equal(last.severityNumber, 9, name)
  for (const [key, value] of Object.entries(fields)) assert.equal(last.attributes[key], value, `${name}: ${key}`)
}

function nsPerCall(call) {
  const before = process.cpuUsage()
  for (let i = 0; i < callsPerBatch; i++) call(i)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / callsPerBatch
}

const entrants = { wideline: wideline(), pino: pino(), winston: winston() }
const names = Object.keys(entrants)
const rows = ['message', 'object3'].map((scenario) => {
  for (const name of names) {
    check(name, entrants[name][scenario], scenario === 'message' ? {} : fieldsOf(orderOf(0)))
    for (let i = 0; i < warmUpBatches; i++) nsPerCall(entrants[name][scenario])
  }
  const times = { wideline: [], pino: [], winston: [] }
  for (let round = 0; round < rounds; round++) {
    // Who begins changes: nobody always follows the same other.
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i) % names.length]
      times[name].push(nsPerCall(entrants[name][scenario]))
    }
  }
  const ratio = (name) => summarize(times[name].map((ns, round) => ns / times.wideline[round]))
  return {
    scenario,
    ns: Object.fromEntries(names.map((name) => [name, summarize(times[name])])),
    ratio: { pino: ratio('pino'), winston: ratio('winston') },
  }
})

console.log('call      wideline      pino               winston')
for (const { scenario, ns, ratio } of rows) {
  const of = (name) => `${ns[name].median.toFixed(0)} ns`.padStart(9)
  const times = (name) => `${of(name)} (${ratio[name].median.toFixed(1)}×)`.padEnd(18)
  console.log(`${scenario.padEnd(9)}${of('wideline')}  ${times('pino')}${times('winston')}`)
}
writeResult(isQuick ? 'partial-bridge.json' : 'bridge.json', {
  machine: describeMachine(),
  peers: peerVersions(),
  rounds,
  callsPerBatch,
  rows,
})
