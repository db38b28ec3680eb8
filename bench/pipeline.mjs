// npm run bench:pipeline [-- --quick] [--only redact,none] [--core FILE]
//
// What the parts of the pipeline add to a call; writes bench/results/pipeline.json. Each row has pairs of processes, one
// with the part and one without, which take turns batch by batch and are compared batch by batch, by the processor's time.
// Batches are short, and many: what else the machine does then falls on both alike, or on few of all. V8 does not compile
// the same calls alike in each process, which makes more of a difference than most parts: each pair's own ratio is a median
// of its batches, a row's is the median of its pairs, of which rows with a limit have many. Bytes are read in two more, with
// the young generation pinned. `none` is a logger without any part in a process whose other loggers use all of them, against
// one in a process of its own; with --core FILE all processes without a part run another build's index.js: `none` then says
// what this build adds to a logger that uses nothing.
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import os from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { bytesPerCall } from './bytes-per-call.mjs'
import { describeMachine } from './machine.mjs'
import { openPaymentOf, orderOf, paymentOf } from './orders.mjs'
import { writeResult } from './results.mjs'
import { median, summarize } from './statistics.mjs'

const self = fileURLToPath(import.meta.url)
const ownCore = fileURLToPath(new URL('../dist/esm/src/index.js', import.meta.url))

const message = (log) => () => log.info('order paid')
const object3 = (log) => (i) => {
  const order = orderOf(i)
  log.info('order paid', { orderId: order.orderId, amount: order.amount, status: order.status })
}
const payment = (log) => (i) => log.info('order paid', paymentOf(i))
const openPayment = (log) => (i) => log.info('order paid', openPaymentOf(i))

/** Options are made from the core's own functions. `atMost` and `bytesAtMost` are what a part may add. */
const rows = [
  {
    name: 'none',
    about: 'no part, others elsewhere: a message',
    call: message,
    isCrowded: true,
    atMost: 1.02,
    bytesAtMost: 0.5,
  },
  {
    name: 'none-object',
    about: 'no part, others elsewhere: three fields',
    call: object3,
    isCrowded: true,
    atMost: 1.02,
    bytesAtMost: 0.5,
  },
  {
    // The same line: what is hidden is as long as what stands for it.
    name: 'redact',
    about: 'two paths and a key at any depth, three values hidden',
    call: payment,
    baseCall: openPayment,
    options: () => ({ redact: { paths: ['card.cvc', 'user.password'], keys: ['token'] } }),
    atMost: 1.1,
    bytesAtMost: 0.5,
  },
  {
    name: 'redact-wildcard',
    about: 'two paths and `*.token`, three values hidden',
    call: payment,
    baseCall: openPayment,
    options: () => ({ redact: ['card.cvc', 'user.password', '*.token'] }),
    atMost: 1.1,
    bytesAtMost: 0.5,
  },
  {
    name: 'redact-patterns',
    about: 'five forms looked for in every text',
    call: object3,
    options: () => ({ redact: { patterns: ['card', 'bearer', 'jwt', 'email', 'iban'] } }),
  },
  {
    name: 'hook',
    about: 'a before hook that adds a text',
    call: object3,
    options: () => ({ hooks: { before: (line) => line.string('region', 'eu-1') } }),
  },
  {
    name: 'hook-empty',
    about: 'a before hook that does nothing',
    call: object3,
    options: () => ({ hooks: { before: () => {} } }),
    bytesAtMost: 0.5,
  },
  {
    name: 'filter',
    about: 'a filter of two comparisons, passed',
    call: object3,
    options: () => ({ filter: "level >= info and status != 'lost'" }),
  },
  {
    name: 'sampled',
    about: 'burst sampling, all passed',
    call: object3,
    options: ({ burst }) => ({ sampling: burst({ first: 1e9 }) }),
  },
  {
    name: 'dropped',
    about: 'sampling that drops all but one in a million',
    call: object3,
    options: ({ everyNth }) => ({ noticeEveryMs: 0, sampling: everyNth(1_000_000) }),
  },
  {
    name: 'rate-limit',
    about: 'a rate limit, all passed',
    call: object3,
    options: () => ({ rateLimit: { perSecond: 1e9 } }),
  },
  { name: 'recent', about: 'the recent ring besides the file', call: object3, more: ({ recent }) => [recent()] },
]

async function open(row, side, coreFile) {
  const core = await import(pathToFileURL(coreFile).href)
  const { createLogger, file, json } = core
  const outputs = () => [{ output: file(os.devNull, { buffer: 'tick' }), encoder: json() }]
  const hasPart = side === 'with'
  if (row.isCrowded) crowd(core, outputs, hasPart)
  const more = hasPart && row.more !== undefined ? row.more(core) : []
  const log = createLogger({ ...(hasPart && row.options?.(core)), outputs: [...outputs(), ...more] })
  if (hasPart) checkLines(row, core)
  const make = hasPart ? row.call : (row.baseCall ?? row.call)
  return { call: make(log), finish: () => log.flushSync() }
}

/** Other loggers at work, with every part or with none: so that what V8 learned of the parts alone makes the difference. */
function crowd(core, outputs, hasParts) {
  for (const { options } of rows) {
    if (options === undefined) continue
    const log = core.createLogger({ ...(hasParts && options(core)), outputs: outputs() })
    const child = hasParts ? log.child({ a: 1 }, { hooks: { after: () => {} } }) : log.child({ a: 1 })
    for (let i = 0; i < 20_000; i++) {
      log.info('order paid', paymentOf(i))
      child.info('order paid')
    }
  }
}

/** What is timed must do what it says. */
function checkLines(row, { createLogger, json, memory }) {
  if (row.baseCall === undefined) return
  const output = memory()
  const core = { createLogger, json, memory }
  const call = row.call(createLogger({ ...row.options(core), outputs: [{ output, encoder: json() }] }))
  for (let i = 0; i < 16; i++) call(i)
  assert.equal(output.lines.length, 16)
  for (const line of output.lines) {
    assert.equal(line.match(/\[Redacted\]/g).length, 3)
    assert.doesNotMatch(line, /hunter|tok-/)
  }
}

async function serve({ row: name, side, core }) {
  const row = rows.find((each) => each.name === name)
  const task = await open(row, side, core)
  const loop = (calls) => {
    for (let i = 0; i < calls; i++) task.call(i)
    task.finish()
  }
  const answer = async ({ calls, allocation }) => {
    if (allocation !== undefined) return bytesPerCall({ ...task, finish: () => {} }, allocation)
    const before = process.cpuUsage()
    loop(calls)
    const { user, system } = process.cpuUsage(before)
    return ((user + system) * 1000) / calls
  }
  process.on('message', (question) => {
    answer(question).then(
      (value) => process.send({ value }),
      // The one who asks hears that this process ended, and this says why.
      (error) => {
        process.stderr.write(`${error.stack}\n`)
        process.exit(1)
      },
    )
  })
  process.send({ value: 'ready' })
}

function ask(child, question) {
  return new Promise((done, failed) => {
    const onExit = (code) => failed(new Error(`ended with code ${code}`))
    child.once('exit', onExit).once('message', ({ value }) => {
      child.off('exit', onExit)
      done(value)
    })
    if (question !== undefined) child.send(question)
  })
}

async function pair(row, cores, flags, use) {
  const children = ['without', 'with'].map((side) =>
    fork(self, ['serve', JSON.stringify({ row: row.name, side, core: cores[side] })], { execArgv: flags }),
  )
  try {
    await Promise.all(children.map((child) => ask(child)))
    return await use(children)
  } finally {
    for (const child of children) child.kill()
  }
}

async function measure(row, cores, { pairs, limitedPairs, rounds, calls, allocation }) {
  const times = [[], []]
  const ratios = []
  for (let i = 0; i < (row.atMost === undefined ? pairs : limitedPairs); i++) {
    await pair(row, cores, ['--expose-gc'], async (children) => {
      const own = [[], []]
      for (const child of children) for (let batch = 0; batch < 200; batch++) await ask(child, { calls })
      for (let round = 0; round < rounds; round++) {
        // Who begins changes: nobody always follows the other.
        for (const side of round % 2 === 0 ? [0, 1] : [1, 0]) own[side].push(await ask(children[side], { calls }))
      }
      times.forEach((all, side) => all.push(median(own[side])))
      ratios.push(median(own[1].map((ns, round) => ns / own[0][round])))
    })
  }
  const flags = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128']
  const bytes = await pair(row, cores, flags, async ([without, other]) => [
    await ask(without, { allocation }),
    await ask(other, { allocation }),
  ])
  const [without, part] = times
  return {
    name: row.name,
    about: row.about,
    atMost: row.atMost,
    bytesAtMost: row.bytesAtMost,
    nsWithout: summarize(without),
    nsWith: summarize(part),
    ratio: summarize(ratios),
    bytesWithout: bytes[0],
    bytesWith: bytes[1],
  }
}

function print({ name, about, atMost, bytesAtMost, nsWithout, nsWith, ratio, bytesWithout, bytesWith }) {
  const added = bytesWith - bytesWithout
  const misses = [
    ...(atMost !== undefined && ratio.median > atMost ? [`above ${atMost}×`] : []),
    ...(bytesAtMost !== undefined && added > bytesAtMost ? [`more than ${bytesAtMost} bytes`] : []),
  ]
  const figures = `${nsWithout.median.toFixed(0)} ns → ${nsWith.median.toFixed(0)} ns, ${ratio.median.toFixed(3)}× (${ratio.q1.toFixed(3)} to ${ratio.q3.toFixed(3)}), ${added < 0 ? '−' : '+'}${Math.abs(added).toFixed(1)} bytes`
  console.log(`${name.padEnd(16)} ${figures}  ${about}${misses.length > 0 ? `  [${misses.join(', ')}]` : ''}`)
}

async function main() {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, core: { type: 'string' } },
  })
  const names = values.only?.split(',')
  const chosen = rows.filter(({ name }) => names === undefined || names.includes(name))
  if (names !== undefined && chosen.length < names.length)
    throw new Error(`--only: there are ${rows.map(({ name }) => name).join(', ')}`)
  const cores = { without: values.core === undefined ? ownCore : resolve(values.core), with: ownCore }
  const settings = values.quick
    ? {
        pairs: 1,
        limitedPairs: 5,
        rounds: 101,
        calls: 2_000,
        allocation: { allocationRounds: 5, allocationCalls: 5_000 },
      }
    : {
        pairs: 5,
        limitedPairs: 31,
        rounds: 151,
        calls: 2_000,
        allocation: { allocationRounds: 7, allocationCalls: 100_000 },
      }
  const measured = []
  for (const row of chosen) {
    measured.push(await measure(row, cores, settings))
    print(measured.at(-1))
  }
  if (values.quick || names !== undefined || values.core !== undefined) return
  writeResult('pipeline.json', { machine: describeMachine(), settings, rows: measured })
}

const run = process.argv[2] === 'serve' ? serve(JSON.parse(process.argv[3])) : main()
run.catch((error) => {
  console.error(`bench: ${error.message}`)
  process.exit(1)
})
