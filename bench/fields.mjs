// npm run bench:fields              what declared fields and @Logged cost where they are used; under a minute
// npm run bench:fields -- --quick   fewer rounds
//
// Two parts, each an answer to a promise:
//   handler   a handler with five declared fields against the same handler that sets five fields by hand: CPU time of a
//             request through Express, within 5 %
//   logged    a synchronous method under @Logged whose level is off: under 50 ns and no byte
//
// Entrants are processes of their own, batches alternate, ratios are medians of neighbouring batches. CPU time is counted,
// so that other work on the machine shows in the spread and not in the ratio.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median } from './statistics.mjs'

const child = fileURLToPath(new URL('fields-child.mjs', import.meta.url))
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const rounds = values.quick ? 15 : 100

const pinned = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128']

class Entrant {
  constructor(name, flags = ['--expose-gc']) {
    this.process = fork(child, [name], { execArgv: flags })
  }

  /** Resolves to what the child answers. */
  ask(command) {
    return new Promise((resolve, reject) => {
      this.process.once('message', ({ value, failure }) =>
        failure === undefined ? resolve(value) : reject(new Error(failure)),
      )
      this.process.send(command)
    })
  }

  end() {
    this.process.kill()
  }
}

/** Nanoseconds of CPU a call, of each entrant, in rounds. */
async function alternate(names) {
  const entrants = names.map((name) => new Entrant(name))
  const times = names.map(() => [])
  try {
    for (const entrant of entrants) await entrant.ask('warm-up')
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < names.length; i++) times[i].push(await entrants[i].ask('time'))
    }
    return times
  } finally {
    for (const entrant of entrants) entrant.end()
  }
}

async function bytesOf(name) {
  const entrant = new Entrant(name, pinned)
  try {
    await entrant.ask('warm-up')
    return await entrant.ask('bytes')
  } finally {
    entrant.end()
  }
}

const ratio = (times, over) => median(times.map((time, i) => time / over[i]))
const verdict = (holds) => (holds ? 'holds' : 'MISSED')

async function handlers() {
  const [bare, byHand, declared, typed] = await alternate([
    'handler-bare',
    'handler-by-hand',
    'handler-declared',
    'handler-set',
  ])
  const micro = (times) => `${(median(times) / 1000).toFixed(2)} µs`
  const within = ratio(declared, byHand)
  console.log('a request through Express 5, CPU time')
  console.log(`  without fields                     ${micro(bare)}`)
  console.log(`  five fields set by hand            ${micro(byHand)}`)
  console.log(
    `  five declared fields (@LogFields)  ${micro(declared)}  ${within.toFixed(3)}× by hand  (at most 1.05: ${verdict(within <= 1.05)})`,
  )
  console.log(`  five of a declared set             ${micro(typed)}  ${ratio(typed, byHand).toFixed(3)}× by hand`)
}

async function logged() {
  const [plain, off, inRequest] = await alternate(['method-plain', 'method-logged-off', 'method-logged-off-in-request'])
  const bytes = [await bytesOf('method-logged-off'), await bytesOf('method-logged-off-in-request')]
  const control = await bytesOf('control')
  const nano = (times) => `${median(times).toFixed(1)} ns`
  console.log('a synchronous method of two arguments')
  console.log(`  plain                              ${nano(plain)}`)
  for (const [i, times] of [off, inRequest].entries()) {
    const name = i === 0 ? '@Logged, its level off             ' : '@Logged, its level off, in a request'
    console.log(
      `  ${name} ${nano(times)}  ${bytes[i].toFixed(1)} B  (under 50 ns and 0 B: ${verdict(median(times) < 50 && bytes[i] < 0.5)})`,
    )
  }
  console.log(`  control: an object of two numbers  ${control.toFixed(1)} B, must read 40`)
}

await handlers()
await logged()
