// npm run bench:correlation [-- --quick]   what trace ids on every line cost a call; writes bench/results/correlation.json
//
// A process has it on or off, as an application has: what V8 makes of a call depends on all that belongs to it. Processes take
// turns, and are compared pair by pair:
//   none     no SDK is there
//   idle     the official context manager is registered, and nothing is under way
//   within   the same, in a context that holds no span
//   active   inside a span: the line has three more fields
// The time is the processor's, which other work on the machine changes least.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeMachine } from './machine.mjs'
import { orderOf, requestFields } from './orders.mjs'
import { writeResult } from './results.mjs'
import { median, summarize } from './statistics.mjs'

const self = fileURLToPath(import.meta.url)
const isQuick = process.argv.includes('--quick')
// Many short processes: two of the same code differ by 3 to 5 %, and what is measured is less.
const pairs = isQuick ? 5 : 61
const batches = 41
const callsPerBatch = 2_000
const warmUpBatches = 100

/** What may be added at most where no span is active. */
const atMost = 1.03

const calls = {
  message: (log) => () => log.info('order paid'),
  object3: (log) => (i) => {
    const order = orderOf(i)
    log.info('order paid', { orderId: order.orderId, amount: order.amount, status: order.status })
  },
  typed3: (log) => (i) => {
    const order = orderOf(i)
    log
      .at('info')
      ?.int('orderId', order.orderId)
      .float('amount', order.amount)
      .string('status', order.status)
      .msg('order paid')
  },
  object10: (log) => (i) => log.info('order paid', orderOf(i)),
  child: (parent) => {
    const log = parent.child(requestFields)
    return () => log.info('order paid')
  },
}

const loop = (call) => {
  for (let i = 0; i < callsPerBatch; i++) call(i)
}

function nsPerCall(call) {
  const before = process.cpuUsage()
  loop(call)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / callsPerBatch
}

/** One process's part: nanoseconds of each call in one case. */
async function measure(state, isOn) {
  const { createLogger, file, json } = await import('../dist/esm/src/index.js')
  const { instrument } = await import('../dist/esm/integrations/opentelemetry/index.js')
  const load = createRequire(import.meta.url)
  const { context, createContextKey, ROOT_CONTEXT, trace } = load('@opentelemetry/api')
  if (state !== 'none') {
    const { AsyncLocalStorageContextManager } = load('@opentelemetry/context-async-hooks')
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  }
  const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }
  const contexts = {
    within: ROOT_CONTEXT.setValue(createContextKey('bench'), true),
    active: trace.setSpanContext(ROOT_CONTEXT, ids),
  }
  const open = (target) => {
    const output = file(target, { buffer: 'tick' })
    const log = createLogger({ outputs: [{ output, encoder: json() }] })
    if (isOn) instrument(log, { metrics: false })
    return log
  }
  const timed = () => {
    checkLine(open, isOn && state === 'active' ? ids : {})
    const log = open(os.devNull)
    const all = Object.entries(calls).map(([name, make]) => ({ name, call: make(log), times: [] }))
    for (let i = 0; i < warmUpBatches; i++) for (const { call } of all) loop(call)
    for (let i = 0; i < batches; i++) for (const { call, times } of all) times.push(nsPerCall(call))
    return Object.fromEntries(all.map(({ name, times }) => [name, median(times)]))
  }
  const ns = state in contexts ? context.with(contexts[state], timed) : timed()
  process.stdout.write(JSON.stringify(ns))
}

/** The line says what it should before anything is timed: ids where it is on and inside a span, else none. */
function checkLine(open, { traceId, spanId }) {
  const target = path.join(os.tmpdir(), `wideline-correlation-${process.pid}.jsonl`)
  rmSync(target, { force: true })
  const log = open(target)
  log.info('order paid')
  log.flushSync()
  const { trace_id, span_id, trace_flags } = JSON.parse(readFileSync(target, 'utf8'))
  assert.deepEqual([trace_id, span_id, trace_flags], [traceId, spanId, traceId === undefined ? undefined : '01'])
  rmSync(target, { force: true })
}

const inProcess = (state, isOn) =>
  JSON.parse(execFileSync(process.execPath, [self, `--state=${state}`, `--on=${isOn}`], { encoding: 'utf8' }))

function compare(state) {
  const taken = { off: [], on: [] }
  for (let pair = 0; pair < pairs; pair++) {
    // Who begins changes: nobody always follows the other.
    for (const isOn of pair % 2 === 0 ? [false, true] : [true, false]) {
      taken[isOn ? 'on' : 'off'].push(inProcess(state, isOn))
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${state} ${pair + 1} of ${pairs} `)
  }
  return Object.keys(calls).map((name) => {
    const off = taken.off.map((ns) => ns[name])
    const on = taken.on.map((ns) => ns[name])
    const ratios = on.map((ns, pair) => ns / off[pair])
    return { state, name, off: summarize(off), on: summarize(on), ratio: summarize(ratios) }
  })
}

function main() {
  const rows = ['none', 'idle', 'within', 'active'].flatMap(compare)
  console.log('case    call        off        on     ratio (quartiles)')
  for (const { state, name, off, on, ratio } of rows) {
    const ns = (of) => `${of.median.toFixed(0)} ns`.padStart(8)
    const mark = state !== 'active' && ratio.median > atMost ? `  above ${atMost}` : ''
    const quartiles = `${ratio.q1.toFixed(3)} – ${ratio.q3.toFixed(3)}`
    console.log(
      `${state.padEnd(7)} ${name.padEnd(9)} ${ns(off)}  ${ns(on)}   ${ratio.median.toFixed(3)} (${quartiles})${mark}`,
    )
  }
  writeResult('correlation.json', { machine: describeMachine(), atMost, pairs, batches, callsPerBatch, rows })
}

const argument = (name) => process.argv.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3)
const state = argument('state')
if (state === undefined) main()
else await measure(state, argument('on') === 'true')
