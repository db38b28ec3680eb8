// npm run bench:nest                   what a request costs over bare Nest 12 on Express 5, beside nestjs-pino; 2 to 8 minutes
// npm run bench:nest -- --quick        fewer rounds, under a minute; writes partial-nest.json
// npm run bench:nest -- --node FILE    measures in another node binary; writes nest-node24.json if that is its major
// npm run bench:nest -- --write        a whole run: puts its table into docs/performance.md
//
// Processor time of the server's process per request, and bytes of heap it allocates. Entrants alternate: each round
// measures every one of them, and the ratio is the median over the rounds. A round has several collections of the young
// generation: one of 500 requests has none to three by chance, and begins with caches that another process has filled. Who
// begins changes; and the processes are begun anew some times, because V8 does not compile the same code alike in each. The
// lines of both loggers must have the same fields before anything is measured.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { describeRun, tableRow as row } from '../format.mjs'
import { describeMachine, describeNode, loadAverage } from '../machine.mjs'
import { putBetweenMarks } from '../marks.mjs'
import { installPeers, peerVersions } from '../peers.mjs'
import { writeResult } from '../results.mjs'
import { median, summarize } from '../statistics.mjs'
import { apps } from './apps.mjs'
import { Server } from './server.mjs'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    node: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const isQuick = values.quick
const { node, versions, suffix } = describeNode(values.node)
const settings = isQuick
  ? { sets: 1, rounds: 4, heapRounds: 3, requests: 4_000, warmUp: 12_000 }
  : { sets: 10, rounds: 5, heapRounds: 7, requests: 4_000, warmUp: 12_000 }
const names = Object.keys(apps)
/** Of a round that counts bytes: nestjs-pino's 90 KB each must all fit into the young generation. */
const HEAP_REQUESTS = 1_000

const TARGETS = { cpu: 1 / 5, heap: 1 / 4 }

/** Keys of a line of a request, the same whatever the logger calls the time and the message. */
const OWN = new Set(['level', 'time', 'msg'])

async function checkLines(folder) {
  const keys = {}
  for (const name of names.filter((each) => each !== 'bare')) {
    const file = path.join(folder, `${name}.log`)
    const server = await new Server(name, 'cpu', file, node).ready()
    await server.load(16)
    await new Promise((resolve) => setTimeout(resolve, 200))
    await server.ask('flush')
    server.end()
    const lines = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const wide = lines.filter((line) => line.outcome === 'completed')
    if (wide.length !== 16) throw new Error(`${name} wrote ${wide.length} lines for 16 requests`)
    const [line] = wide
    if (line.orderId === undefined || line.route !== '/orders/:id')
      throw new Error(`${name} wrote ${JSON.stringify(line)}`)
    keys[name] = Object.keys(line)
      .filter((key) => !OWN.has(key))
      .toSorted()
      .join(' ')
  }
  const [first, ...rest] = Object.entries(keys)
  for (const [name, list] of rest) {
    if (list !== first[1]) throw new Error(`the lines differ:\n${first[0]}: ${first[1]}\n${name}: ${list}`)
  }
}

async function measure(purpose, read, sets, count) {
  const rounds = []
  for (let set = 0; set < sets; set++) rounds.push(...(await oneSet(purpose, read, count)))
  return rounds
}

async function oneSet(purpose, read, count) {
  const servers = await Promise.all(names.map((name) => new Server(name, purpose, os.devNull, node).ready()))
  try {
    for (const server of servers) await server.load(settings.warmUp)
    const rounds = []
    for (let round = 0; round < count; round++) {
      const figures = {}
      for (let i = 0; i < servers.length; i++) {
        const server = servers[(round + i) % servers.length]
        figures[server.name] = await read(server)
      }
      rounds.push(figures)
    }
    return rounds
  } finally {
    for (const server of servers) server.end()
  }
}

async function cpuOf(server) {
  const before = await server.ask('cpu')
  await server.load(settings.requests)
  return ((await server.ask('cpu')) - before) / settings.requests
}

async function heapOf(server) {
  const before = await server.ask('heap', { collect: true })
  await server.load(HEAP_REQUESTS)
  return ((await server.ask('heap', { collect: false })) - before) / HEAP_REQUESTS
}

/** What each adds to the bare application, and which part of what nestjs-pino adds that is. */
function compare(rounds) {
  return names.map((name) => {
    const own = rounds.map((round) => round[name])
    const added = rounds.map((round) => round[name] - round.bare)
    const shares = rounds.map((round) => (round[name] - round.bare) / (round['nestjs-pino'] - round.bare))
    return { name, total: summarize(own), added: median(added), share: median(shares) }
  })
}

function nestTable({ cpuUs, heapBytes, ...run }) {
  const cell = ({ name, added, share }, unit, target) => {
    const part = name.startsWith('wideline')
      ? ` (${share.toFixed(2)} of nestjs-pino${share <= target ? '' : `, above ${target}`})`
      : ''
    return `${added.toFixed(unit === 'B' ? 0 : 1)} ${unit}${part}`
  }
  return [
    row([`added to bare Nest by, Node ${run.machine.node.slice(1)}`, 'processor time', 'heap']),
    row(['---', '---:', '---:']),
    ...cpuUs
      .map((cpu, i) => [cpu, heapBytes[i]])
      .filter(([{ name }]) => name !== 'bare')
      .map(([cpu, heap]) => row([cpu.name, cell(cpu, 'µs', TARGETS.cpu), cell(heap, 'B', TARGETS.heap)])),
    '',
    `Bare Nest takes ${cpuUs[0].total.median.toFixed(1)} µs and ${Math.round(heapBytes[0].total.median)} B a request. ${describeRun(run, ['nestjs-pino', 'pino'])}.`,
  ].join('\n')
}

async function main() {
  installPeers()
  const folder = mkdtempSync(path.join(os.tmpdir(), 'wideline-bench-nest-'))
  try {
    await checkLines(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
  const result = {
    machine: { ...describeMachine(), ...versions },
    peers: peerVersions(),
    isWhole: !isQuick,
    settings,
    loadBefore: loadAverage(),
  }
  result.cpuUs = compare(await measure('cpu', cpuOf, settings.sets, settings.rounds))
  result.heapBytes = compare(await measure('heap', heapOf, 1, settings.heapRounds))
  result.loadAfter = loadAverage()
  const table = nestTable(result)
  console.log(table)
  writeResult(`${isQuick ? 'partial-' : ''}nest${suffix}.json`, result)
  if (values.write && !isQuick) putBetweenMarks(`nest${suffix}`, table)
}

main().catch((error) => {
  console.error(`bench: ${error.stack}`)
  process.exitCode = 1
})
