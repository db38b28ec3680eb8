// Holds one entrant and does what the parent asks: { calls, callsPerTurn } are made and timed, on this thread alone; what
// another thread has still to do is waited for outside of the time.
import fs from 'node:fs'
import { entrants } from './entrants.mjs'

const { entrant, path } = JSON.parse(process.argv[2])
const { log, flush } = await entrants[entrant](path)
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
let count = 0

async function batch({ calls, callsPerTurn, isPlain = false }) {
  fs.truncateSync(path)
  const start = performance.now()
  for (let done = 0; done < calls;) {
    for (const end = Math.min(calls, done + callsPerTurn); done < end; done++) {
      if (isPlain) log('order paid')
      else log('order paid', { orderId: count++, amount: 99.5, status: 'ok' })
    }
    await nextTurn()
  }
  if (!entrant.includes('worker') && !entrant.includes('transport')) await flush()
  const ms = performance.now() - start
  await flush()
  return ms
}

/** What is in the file must be what was logged. */
async function golden() {
  await batch({ calls: 10, callsPerTurn: 10 })
  for (let waited = 0; waited < 5_000; waited += 10) {
    const lines = fs.readFileSync(path, 'utf8').trimEnd().split('\n')
    if (lines.length === 10) {
      const { msg, orderId, amount, status } = JSON.parse(lines[9])
      if (msg === 'order paid' && orderId === count - 1 && amount === 99.5 && status === 'ok') return 0
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`${entrant}: the file does not hold what was logged`)
}

process.on('message', ({ command, settings }) => {
  const done = command === 'golden' ? golden() : batch(settings)
  done.then(
    (value) => process.send({ value }),
    (error) => process.send({ failure: error.stack }),
  )
})
