// npm run bench:outputs               calls a second of outputs to a file, ours and pino's; the event loop while a reader
//                                     stalls; a million lines and a natural end; memory under a flood
// npm run bench:outputs -- --quick    fewer rounds, shorter floods
// npm run bench:outputs -- --write    a whole run: puts its table into docs/performance.md
//
// Writes bench/results/outputs.json; with --quick nothing.
import { execFileSync, fork } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { assertBuilt, defaultCore } from '../entrants/wideline.mjs'
import { describeRun, formatNs, formatRatio, tableRow } from '../format.mjs'
import { describeMachine } from '../machine.mjs'
import { putBetweenMarks } from '../marks.mjs'
import { installPeers, peerVersions } from '../peers.mjs'
import { writeResult } from '../results.mjs'
import { median } from '../statistics.mjs'
import { readSlowly } from './reader.mjs'

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
})
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-bench-'))
const MiB = 1024 * 1024
/** How long a timed batch takes at least. */
const batchMs = values.quick ? 20 : 80

/** Ours, theirs, and how many times more calls a second ours should make. */
const PAIRS = [
  { ours: 'tick', theirs: 'pino default', atLeast: 6 },
  { ours: 'tick', theirs: 'pino minLength 4096', atLeast: 4 },
  { ours: 'block', theirs: 'pino default', atLeast: 6 },
  { ours: 'block', theirs: 'pino minLength 4096', atLeast: 4 },
  { ours: 'worker', theirs: 'pino.transport', atLeast: 4 },
]

class Entrant {
  constructor(name) {
    this.name = name
    const file = path.join(folder, `${name.replaceAll(' ', '-')}.log`)
    fs.writeFileSync(file, '')
    this.process = fork(here('child.mjs'), [JSON.stringify({ entrant: name, path: file })])
  }

  ask(command, settings) {
    return new Promise((resolve, reject) => {
      const onExit = (code) => reject(new Error(`${this.name}: ended with ${code}`))
      this.process.once('exit', onExit).once('message', ({ value, failure }) => {
        this.process.off('exit', onExit)
        if (failure === undefined) resolve(value)
        else reject(new Error(failure))
      })
      this.process.send({ command, settings })
    })
  }
}

/**
 * A pair takes turns of about the same time, since each begins with what the other left of the processor's caches, which
 * would weigh most on the shorter one; the ratio is taken within each round. `callsPerTurn` is how many lines a turn of the
 * event loop logs.
 */
async function comparePair({ ours, theirs, atLeast }, shape, rounds) {
  const pair = [new Entrant(ours), new Entrant(theirs)]
  const times = [[], []]
  const calls = []
  const nsPerCall = async (place) =>
    ((await pair[place].ask('batch', { ...shape, calls: calls[place] })) * 1e6) / calls[place]
  try {
    for (const [place, each] of pair.entries()) {
      await each.ask('golden')
      calls[place] = 20_000
      const tries = []
      for (let i = 0; i < 5; i++) tries.push(await nsPerCall(place))
      calls[place] *= Math.max(1, Math.round((batchMs * 1e6) / (Math.min(...tries) * calls[place])))
    }
    for (let round = 0; round < rounds; round++) {
      for (const place of round % 2 === 0 ? [0, 1] : [1, 0]) times[place].push(await nsPerCall(place))
    }
  } finally {
    for (const each of pair) each.process.kill('SIGKILL')
  }
  const ratio = median(times[1].map((ns, round) => ns / times[0][round]))
  const [oursNs, theirsNs] = times.map(median)
  return { ours, theirs, ...shape, calls, oursNs, theirsNs, ratio, atLeast }
}

async function comparePairs(rounds) {
  const rows = []
  const shapes = [20_000, 100].flatMap((callsPerTurn) => [true, false].map((isPlain) => ({ callsPerTurn, isPlain })))
  for (const shape of shapes) {
    for (const pair of PAIRS) {
      const row = await comparePair(pair, shape, rounds)
      rows.push(row)
      const { ours, theirs, oursNs, theirsNs, ratio, atLeast } = row
      const miss = ratio < atLeast ? `, below ${atLeast}×` : ''
      console.log(
        `${ours} against ${theirs}, ${shape.isPlain ? 'a message' : 'three fields'}, ${shape.callsPerTurn} calls a turn: ${oursNs.toFixed(0)} ns, ${theirsNs.toFixed(0)} ns, ${ratio.toFixed(1)}×${miss}`,
      )
    }
  }
  return rows
}

/** 20,000 lines a second while the reader takes nothing for ten seconds. */
async function stalledReader(ms) {
  const rows = []
  for (const logger of ['worker', 'pino.transport']) {
    const settings = { logger, ringBytes: 64 * MiB, linesPerSecond: 20_000, size: 100, ms }
    const { offered, lagMs, lines, stats } = await readSlowly({ settings, stallMs: ms + 1_000 })
    rows.push({ logger, offered, lines, lagMs, dropped: stats?.dropped })
    console.log(
      `${logger}, stalled reader: lag p99 ${lagMs.p99.toFixed(1)} ms, max ${lagMs.max.toFixed(0)} ms, ${lines} lines of ${offered + 100}`,
    )
  }
  return rows
}

function millionLines() {
  const rows = []
  for (const entrant of ['tick', 'block', 'worker', 'pino default', 'pino minLength 4096', 'pino.transport']) {
    const file = path.join(folder, `million-${entrant.replaceAll(' ', '-')}.log`)
    const start = performance.now()
    execFileSync(process.execPath, [here('million.mjs'), entrant, file])
    const seconds = (performance.now() - start) / 1000
    const lines = Number(execFileSync('wc', ['-l', file], { encoding: 'utf8' }).trim().split(' ')[0])
    fs.rmSync(file)
    rows.push({ entrant, lines, seconds })
    console.log(`a million lines, natural end, ${entrant}: ${lines} there after ${seconds.toFixed(1)} s`)
  }
  return rows
}

/** 50 MB a second offered to a reader of 1 MB a second. */
async function flood(ms) {
  const rows = []
  for (const overflow of ['block', 'drop-newest', 'drop-oldest', 'drop-below-level']) {
    const settings = { logger: 'worker', overflow, linesPerSecond: 50_000, size: 950, ms }
    const { baseRss, maxRss, stats, offered } = await readSlowly({ settings, bytesPerSecond: 1e6 })
    const boundBytes = 4 * MiB + 8 * MiB + 32 * MiB
    const grownBytes = maxRss - baseRss
    rows.push({ overflow, offered, grownBytes, boundBytes, dropped: stats.dropped })
    const miss = grownBytes > boundBytes ? `, above ${boundBytes / MiB} MiB` : ''
    console.log(
      `flood, ${overflow}: memory grew by ${(grownBytes / MiB).toFixed(1)} MiB${miss}, dropped ${JSON.stringify(stats.dropped)}`,
    )
  }
  return rows
}

/** The pairs, a row for each and a column for each shape of call. */
function pairsTable({ pairs, ...run }) {
  const shapeOf = ({ isPlain, callsPerTurn }) =>
    `${isPlain ? 'a message' : 'three fields'}, ${callsPerTurn.toLocaleString('en')} a turn`
  const shapes = [...new Set(pairs.map(shapeOf))]
  const cell = ({ oursNs, theirsNs, ratio, atLeast }) =>
    `${formatNs(oursNs)}, ${formatNs(theirsNs)}: **${formatRatio(ratio)}**${ratio < atLeast ? `, below ${atLeast}×` : ''}`
  return [
    tableRow([`Node ${run.machine.node.slice(1)}`, 'at least', ...shapes]),
    tableRow(['---', '---:', ...shapes.map(() => '---:')]),
    ...PAIRS.map(({ ours, theirs, atLeast }) => {
      const own = pairs.filter((pair) => pair.ours === ours && pair.theirs === theirs)
      return tableRow([`\`${ours}\` and ${theirs}`, `${atLeast}×`, ...own.map(cell)])
    }),
    '',
    `Time of a call on the main thread, ours and theirs, and the median ratio of paired batches. ${describeRun(run, ['pino'])}.`,
  ].join('\n')
}

async function main() {
  assertBuilt(defaultCore)
  installPeers()
  const result = {
    machine: describeMachine(),
    peers: peerVersions(),
    isWhole: !values.quick,
    pairs: await comparePairs(values.quick ? 6 : 30),
    stalled: await stalledReader(values.quick ? 3_000 : 10_000),
    million: millionLines(),
    flood: await flood(values.quick ? 3_000 : 20_000),
  }
  if (!values.quick) writeResult('outputs.json', result)
  if (!values.quick && values.write) putBetweenMarks('outputs', pairsTable(result))
  fs.rmSync(folder, { recursive: true, force: true })
}

main().catch((error) => {
  console.error(`bench: ${error.stack}`)
  process.exitCode = 1
})
