// Offers lines to standard output at a rate, through one logger, and tells on descriptor 3 what that did to this process.
// Settings come as JSON in the first argument:
//   logger      worker · tick · pino.transport · pino
//   overflow, ringBytes   of the worker
//   linesPerSecond, size, ms
import fs from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultCore } from '../entrants/wideline.mjs'
import { requirePeer } from '../peers.mjs'

const { logger, overflow = 'block', ringBytes = 4_194_304, linesPerSecond, size, ms } = JSON.parse(process.argv[2])
const EVERY_MS = 10

async function open() {
  if (logger.startsWith('pino')) {
    const pino = requirePeer('pino')
    const destination =
      logger === 'pino' ? pino.destination(1) : pino.transport({ target: 'pino/file', options: { destination: 1 } })
    const log = pino({ base: undefined }, destination)
    return { write: (fields) => log.info(fields, 'line'), stats: () => undefined }
  }
  const core = await import(defaultCore)
  const out = core.stdout()
  const output = logger === 'worker' ? core.worker(out, { overflow, ringBytes, stallMs: 1_000 }) : out
  const log = core.createLogger({ outputs: [{ output, encoder: core.json() }], onError: () => {} })
  return { write: (fields) => log.info('line', fields), stats: () => log.stats().outputs[0] }
}

const { write, stats } = await open()
const fill = 'x'.repeat(size)
for (let n = 0; n < 100; n++) write({ n: -1, fill: '' })
await sleep(300)
globalThis.gc?.()
const baseRss = process.memoryUsage.rss()
let maxRss = baseRss
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const start = performance.now()
let offered = 0
while (performance.now() - start < ms) {
  const due = Math.floor(((performance.now() - start) / 1000) * linesPerSecond)
  // As a busy program: what a turn could not do is made up for, but not without end.
  for (const end = Math.min(due, offered + linesPerSecond / 10); offered < end; offered++) write({ n: offered, fill })
  maxRss = Math.max(maxRss, process.memoryUsage.rss())
  await sleep(EVERY_MS)
}
delay.disable()
const told = {
  offered,
  baseRss,
  maxRss,
  lagMs: { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 },
}
fs.writeSync(3, JSON.stringify({ ...told, stats: stats() }))
process.on('exit', () => {
  try {
    fs.writeSync(3, `\n${JSON.stringify(stats() ?? {})}`)
  } catch {
    // Nobody asks for it.
  }
})
if (process.argv[3] === 'kill') process.kill(process.pid, 'SIGKILL')
