// npm run bench:nest               what a request costs over bare Nest 12 on Express 5, beside nestjs-pino; about 3 minutes
// npm run bench:nest -- --quick    fewer rounds, under a minute
//
// Processor time of the server's process per request, and bytes of heap it allocates. Entrants alternate: each round
// measures every one of them, and the ratio is the median over the rounds. The lines of both loggers must have the same
// fields before anything is measured.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeMachine, loadAverage } from '../machine.mjs'
import { installPeers, peerVersions } from '../peers.mjs'
import { median, summarize } from '../statistics.mjs'
import { apps } from './apps.mjs'
import { Server } from './server.mjs'

const isQuick = process.argv.includes('--quick')
const settings = { rounds: isQuick ? 7 : 25, requests: isQuick ? 1500 : 4000, warmUp: isQuick ? 4000 : 20_000 }
const names = Object.keys(apps)
const TARGETS = { cpu: 1 / 5, heap: 1 / 4 }

/** Keys of a line of a request, the same whatever the logger calls the time and the message. */
const OWN = new Set(['level', 'time', 'msg'])

async function checkLines(folder) {
  const keys = {}
  for (const name of names.filter((each) => each !== 'bare')) {
    const file = path.join(folder, `${name}.log`)
    const server = await new Server(name, 'cpu', file).ready()
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

async function measure(purpose, read) {
  const servers = await Promise.all(names.map((name) => new Server(name, purpose, os.devNull).ready()))
  try {
    for (const server of servers) await server.load(settings.warmUp)
    const rounds = []
    for (let round = 0; round < settings.rounds; round++) {
      const figures = {}
      for (const server of servers) figures[server.name] = await read(server)
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
  await server.load(settings.requests)
  return ((await server.ask('heap', { collect: false })) - before) / settings.requests
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

function print(what, unit, rows, target) {
  console.log(`\n${what}, per request`)
  for (const { name, total, added, share } of rows) {
    const text = `${name.padEnd(26)} ${total.median.toFixed(1).padStart(9)} ${unit}   added ${added.toFixed(1).padStart(8)} ${unit}`
    const isJudged = name.startsWith('wideline')
    const verdict = isJudged
      ? `   ${share.toFixed(3)} of nestjs-pino's${share <= target ? '' : `, above ${target}`}`
      : ''
    console.log(text + verdict)
  }
}

async function main() {
  installPeers()
  const folder = mkdtempSync(path.join(os.tmpdir(), 'wideline-bench-nest-'))
  try {
    await checkLines(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
  const result = { machine: describeMachine(), peers: peerVersions(), settings, loadBefore: loadAverage() }
  result.cpuUs = compare(await measure('cpu', cpuOf))
  result.heapBytes = compare(await measure('heap', heapOf))
  result.loadAfter = loadAverage()
  console.log(`nestjs-pino ${result.peers['nestjs-pino']} · Node ${result.machine.node} · load ${result.loadBefore[0]}`)
  print('processor time', 'µs', result.cpuUs, TARGETS.cpu)
  print('heap', 'B', result.heapBytes, TARGETS.heap)
  const major = process.versions.node.split('.')[0]
  const name = `${isQuick ? 'partial-' : ''}nest${major === '20' ? '' : `-node${major}`}.json`
  const file = new URL(`../results/${name}`, import.meta.url)
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  console.log(`\nwritten to ${fileURLToPath(file)}`)
}

main().catch((error) => {
  console.error(`bench: ${error.stack}`)
  process.exitCode = 1
})
