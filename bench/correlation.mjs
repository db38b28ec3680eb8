// npm run bench:correlation [-- --quick]   what trace ids on every line cost a call; writes bench/results/correlation.json
//
// Correlation on and off take turns, batch by batch, in one process for each case, and are compared pair by pair:
//   none     no SDK is there
//   idle     the official context manager is registered, and no span is active
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
import { summarize } from './statistics.mjs'

const self = fileURLToPath(import.meta.url)
const isQuick = process.argv.includes('--quick')
// Short rounds, and many: what else the machine does then falls on both of a pair alike, or on few pairs of all.
const rounds = isQuick ? 201 : 2_001
const callsPerBatch = 2_000
const warmUpBatches = 300

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

/** One process's part: all calls in one case. */
async function measure(state) {
  const { createLogger, file, json } = await import('../dist/esm/src/index.js')
  const { instrument } = await import('../dist/esm/integrations/opentelemetry/index.js')
  const load = createRequire(import.meta.url)
  const { context, ROOT_CONTEXT, trace } = load('@opentelemetry/api')
  if (state !== 'none') {
    const { AsyncLocalStorageContextManager } = load('@opentelemetry/context-async-hooks')
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  }
  const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }
  const within = state === 'active' ? trace.setSpanContext(ROOT_CONTEXT, ids) : ROOT_CONTEXT
  const open = (target, isOn) => {
    const output = file(target, { buffer: 'tick' })
    const log = createLogger({ outputs: [{ output, encoder: json() }] })
    if (isOn) instrument(log, { metrics: false })
    return log
  }
  const rows = context.with(within, () => {
    checkLines(open, state === 'active' ? ids : undefined)
    return Object.entries(calls).map(([name, make]) => {
      const off = make(open(os.devNull, false))
      const on = make(open(os.devNull, true))
      for (let i = 0; i < warmUpBatches; i++) [off, on].forEach(loop)
      const times = { off: [], on: [] }
      for (let round = 0; round < rounds; round++) {
        // Who begins changes: nobody always follows the other.
        for (const [key, call] of round % 2 === 0
          ? [
              ['off', off],
              ['on', on],
            ]
          : [
              ['on', on],
              ['off', off],
            ]) {
          times[key].push(nsPerCall(call))
        }
      }
      const ratios = times.on.map((ns, round) => ns / times.off[round])
      return { state, name, off: summarize(times.off), on: summarize(times.on), ratio: summarize(ratios) }
    })
  })
  process.stdout.write(JSON.stringify(rows))
}

/** The lines say what they should before anything is timed: ids inside a span, none outside, none when it is off. */
function checkLines(open, ids) {
  const target = path.join(os.tmpdir(), `wideline-correlation-${process.pid}.jsonl`)
  for (const isOn of [true, false]) {
    rmSync(target, { force: true })
    const log = open(target, isOn)
    log.info('order paid')
    log.flushSync()
    const { trace_id, span_id, trace_flags } = JSON.parse(readFileSync(target, 'utf8'))
    const want = isOn && ids !== undefined ? [ids.traceId, ids.spanId, '01'] : [undefined, undefined, undefined]
    assert.deepEqual([trace_id, span_id, trace_flags], want)
  }
  rmSync(target, { force: true })
}

function main() {
  const rows = ['none', 'idle', 'active'].flatMap((state) =>
    JSON.parse(
      execFileSync(process.execPath, [self, ...process.argv.slice(2), `--state=${state}`], { encoding: 'utf8' }),
    ),
  )
  console.log('case    call        off        on     ratio (quartiles)')
  for (const { state, name, off, on, ratio } of rows) {
    const ns = (of) => `${of.median.toFixed(0)} ns`.padStart(8)
    const mark = state !== 'active' && ratio.median > atMost ? `  above ${atMost}` : ''
    const quartiles = `${ratio.q1.toFixed(3)} – ${ratio.q3.toFixed(3)}`
    console.log(
      `${state.padEnd(7)} ${name.padEnd(9)} ${ns(off)}  ${ns(on)}   ${ratio.median.toFixed(3)} (${quartiles})${mark}`,
    )
  }
  writeResult('correlation.json', { machine: describeMachine(), atMost, rounds, callsPerBatch, rows })
}

const state = process.argv.find((argument) => argument.startsWith('--state='))
if (state === undefined) main()
else await measure(state.slice('--state='.length))
