// npm run bench:http                      what a request costs under each logger, beside bare Express; 3 to 10 minutes
// npm run bench:http -- --quick           fewer rounds; writes partial-http.json
// npm run bench:http -- --node FILE       measures in another node binary; writes http-node24.json if that is its major
// npm run bench:http -- --only wideline   these applications, and bare Express
// npm run bench:http -- --write           a whole run: puts its table into docs/performance.md
//
// Each application runs in a process of its own; rounds alternate between them, and differences are taken round by round.
// A round has several collections of the young generation: one of 500 requests has none to three by chance, and begins with
// caches that another process has filled. Who begins changes; and the processes are begun anew some times, because V8 does
// not compile the same code alike in each.
// Processor time is read with Node's own heap settings; bytes with a young generation so large that few rounds have a
// collection, and without those. None is forced: V8 forgets code at it that was not called since the one before, and what runs
// without that code allocates up to 400 bytes a request more.
import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeMachine, describeNode, loadAverage } from '../machine.mjs'
import { putBetweenMarks } from '../marks.mjs'
import { installPeers, peerVersions } from '../peers.mjs'
import { writeResult } from '../results.mjs'
import { median, summarize } from '../statistics.mjs'
import { apps, FIELDS } from './apps.mjs'
import { Load } from './load.mjs'
import { requestTables } from './tables.mjs'

const dist = fileURLToPath(new URL('../../dist/esm', import.meta.url))
const child = fileURLToPath(new URL('server.mjs', import.meta.url))

const PINNED = ['--min-semi-space-size=256', '--max-semi-space-size=256']
/** Open connections at which all applications are measured. At the others, those whose growth is of interest. */
const MAIN = 100
const GROWTH = ['bare', 'pino-http', 'wideline', 'wideline-application']
const CONNECTIONS = [1, 10, MAIN, 1_000]
const full = {
  connections: CONNECTIONS,
  sets: 8,
  rounds: 6,
  requests: 4_000,
  warmUp: 12_000,
  heapSets: 3,
  heapRounds: 5,
}
const quick = {
  connections: CONNECTIONS,
  sets: 1,
  rounds: 4,
  requests: 4_000,
  warmUp: 12_000,
  heapSets: 1,
  heapRounds: 3,
}
/** Of a round that counts bytes: pino-http's 60 KB each must all fit into the young generation. */
const HEAP_REQUESTS = 1_000

class ServerProcess {
  static async start(name, { node, isPinned = false, target = os.devNull }) {
    const server = new ServerProcess()
    server.name = name
    server.process = fork(child, [JSON.stringify({ name, dist, target })], {
      execPath: node,
      execArgv: isPinned ? PINNED : [],
    })
    server.port = await server.answer()
    return server
  }

  answer() {
    return new Promise((resolve, reject) => {
      const onExit = (code) => reject(new Error(`${this.name} ended with code ${code}`))
      this.process.once('exit', onExit).once('message', ({ value }) => {
        this.process.off('exit', onExit)
        resolve(value)
      })
    })
  }

  ask(command) {
    this.process.send(command)
    return this.answer()
  }

  /** Processor time, bytes of heap, and time at the lines that are recorded, of one request. */
  async measure(load, requests) {
    await this.ask('begin')
    await load.send(requests)
    const { cpuUs, heapBytes, collections, recordingUs } = await this.ask('end')
    return {
      cpuUs: cpuUs / requests,
      heapBytes: collections === 0 ? heapBytes / requests : NaN,
      recordingUs: recordingUs / requests,
    }
  }

  stop() {
    this.process.removeAllListeners('exit')
    this.process.kill()
  }
}

/** Nothing is measured before the lines are seen to say the same. */
async function checkLines(names, node) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'wideline-bench-'))
  try {
    for (const name of names.filter((each) => !apps[each].isSilent)) {
      const target = path.join(folder, `${name}.log`)
      const server = await ServerProcess.start(name, { node, target })
      const load = await Load.open(server.port, 1)
      await load.send(3)
      await server.ask('flush')
      load.close()
      server.stop()
      const lines = readFileSync(target, 'utf8').trimEnd().split('\n')
      if (lines.length !== 3) throw new Error(`${name} wrote ${lines.length} lines for 3 requests`)
      const line = JSON.parse(lines[2])
      const missing = FIELDS.filter((field) => line[field] === undefined)
      if (missing.length > 0) throw new Error(`${name} has no ${missing.join(', ')} on its line: ${lines[2]}`)
      if (line.route !== '/orders/:id' || line.url !== '/orders/42?page=*') throw new Error(`${name}: ${lines[2]}`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Rounds of all applications, one after the other: each name's readings. */
async function rounds(names, { sets, ...how }) {
  const readings = Object.fromEntries(names.map((name) => [name, []]))
  for (let set = 0; set < sets; set++) await oneSet(names, how, readings)
  return readings
}

async function oneSet(names, { node, isPinned, connections, warmUp, count, requests }, readings) {
  const servers = []
  const loads = []
  try {
    for (const name of names) {
      const server = await ServerProcess.start(name, { node, isPinned })
      servers.push(server)
      loads.push(await Load.open(server.port, connections))
    }
    for (const load of loads) await load.send(warmUp)
    for (let round = 0; round < count; round++) {
      for (let i = 0; i < names.length; i++) {
        const at = (round + i) % names.length
        readings[names[at]].push(await servers[at].measure(loads[at], requests))
      }
    }
  } finally {
    for (const load of loads) load.close()
    for (const server of servers) server.stop()
  }
}

/** Without those of rounds that had a collection in them, which count nothing. */
function counted(values) {
  return values.filter((value) => !Number.isNaN(value))
}

/** What each application adds to the first: the median of the differences of each round. */
function added(readings, key) {
  const [[, bare], ...others] = Object.entries(readings)
  return Object.fromEntries(
    others.map(([name, own]) => {
      const differences = counted(own.map((reading, i) => reading[key] - bare[i][key]))
      if (differences.length === 0)
        throw new Error(`${name}: every round that was to count bytes had a collection in it`)
      return [name, summarize(differences)]
    }),
  )
}

async function main() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      node: { type: 'string' },
      only: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  })
  const { node, versions, suffix } = describeNode(values.node)
  const settings = values.quick ? quick : full
  const only = values.only?.split(',')
  const names = Object.keys(apps).filter((name) => name === 'bare' || only === undefined || only.includes(name))
  installPeers()
  await checkLines(names, node)

  const result = {
    machine: { ...describeMachine(), ...versions },
    peers: peerVersions(),
    isWhole: !values.quick && only === undefined,
    settings,
    loadBefore: loadAverage(),
  }
  result.requests = []
  for (const connections of settings.connections) {
    process.stderr.write(`bench: ${connections} open connections\n`)
    const isMain = connections === MAIN
    const entrants = isMain ? names : names.filter((name) => GROWTH.includes(name))
    const shared = { node, connections, warmUp: settings.warmUp, requests: settings.requests }
    const cpu = await rounds(entrants, {
      ...shared,
      sets: isMain ? settings.sets : 1,
      isPinned: false,
      count: settings.rounds,
    })
    const heap = await rounds(entrants, {
      ...shared,
      sets: isMain ? settings.heapSets : 1,
      isPinned: true,
      count: settings.heapRounds,
      requests: HEAP_REQUESTS,
    })
    result.requests.push({
      connections,
      bareUs: median(cpu.bare.map(({ cpuUs }) => cpuUs)),
      bareBytes: median(counted(heap.bare.map(({ heapBytes }) => heapBytes))),
      addedUs: added(cpu, 'cpuUs'),
      addedBytes: added(heap, 'heapBytes'),
      recordingUs: cpu['wideline-recorder'] && summarize(cpu['wideline-recorder'].map((each) => each.recordingUs)),
    })
  }
  result.loadAfter = loadAverage()
  const tables = requestTables(result, MAIN)
  console.log(tables)
  writeResult(`${result.isWhole ? '' : 'partial-'}http${suffix}.json`, result)
  if (values.write && result.isWhole) putBetweenMarks(`http${suffix}`, tables)
}

main().catch((error) => {
  console.error(`bench: ${error.stack}`)
  process.exitCode = 1
})
