// npm run bench:import              what importing the core costs, beside pino; writes bench/results/import.json
// npm run bench:import -- --quick   fewer rounds; writes partial-import.json
// npm run bench:import -- --write   a whole run: puts its table into docs/performance.md
//
// Each import happens in a process of its own, which reads its clocks around it and nothing else. Entrants take turns,
// and are compared pair by pair. `empty` is an empty module: what the loader itself costs.
//   wall   milliseconds until the import is there; other work on the machine makes it longer
//   cpu    milliseconds the processor worked for it, in all threads
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describeRun, tableRow } from './format.mjs'
import { describeMachine, loadAverage } from './machine.mjs'
import { putBetweenMarks } from './marks.mjs'
import { installPeers, peerVersions, requirePeer } from './peers.mjs'
import { writeResult } from './results.mjs'
import { summarize } from './statistics.mjs'

const isQuick = process.argv.includes('--quick')
const rounds = isQuick ? 11 : 41
const atMostMs = 15
const root = fileURLToPath(new URL('..', import.meta.url))

installPeers()
const folder = mkdtempSync(path.join(os.tmpdir(), 'wideline-import-'))
const emptyModule = write('empty.mjs', '')
const emptyScript = write('empty.cjs', '')
const pino = requirePeer.resolve('pino')

const ways = {
  import: {
    program: (file) => `await import(${JSON.stringify(pathToFileURL(file).href)})`,
    files: { empty: emptyModule, wideline: path.join(root, 'dist/esm/src/index.js'), pino },
  },
  require: {
    program: (file) =>
      `process.getBuiltinModule('module').createRequire(${JSON.stringify(file)})(${JSON.stringify(file)})`,
    files: { empty: emptyScript, wideline: path.join(root, 'dist/cjs/src/index.js'), pino },
  },
}

function write(name, text) {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

function measured(program) {
  return `const cpu = process.cpuUsage(), start = performance.now()
${program}
const wall = performance.now() - start, { user, system } = process.cpuUsage(cpu)
console.log(JSON.stringify({ wall, cpu: (user + system) / 1000 }))\n`
}

function time(program) {
  return JSON.parse(execFileSync(process.execPath, [program], { encoding: 'utf8' }))
}

/** Every entrant of one way, round by round; who begins changes. */
function race(way) {
  const { program, files } = ways[way]
  const programs = Object.entries(files).map(([name, file]) => [
    name,
    write(`${way}-${name}.mjs`, measured(program(file))),
  ])
  const times = Object.fromEntries(programs.map(([name]) => [name, []]))
  for (const [, file] of programs) time(file) // fills the disk's cache
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < programs.length; i++) {
      const [name, file] = programs[(round + i) % programs.length]
      times[name].push(time(file))
    }
  }
  const column = (name, unit) => times[name].map((each) => each[unit])
  const ratio = (unit) => summarize(times.wideline.map((each, round) => each[unit] / times.pino[round][unit]))
  return {
    way,
    ...Object.fromEntries(
      Object.keys(files).map((name) => [
        name,
        { wallMs: summarize(column(name, 'wall')), cpuMs: summarize(column(name, 'cpu')) },
      ]),
    ),
    ratioToPino: { wall: ratio('wall'), cpu: ratio('cpu') },
  }
}

function importTable({ rows, ...run }) {
  const cell = ({ median, q1, q3 }) => `${median.toFixed(1)} ms (${q1.toFixed(1)} – ${q3.toFixed(1)})`
  return [
    tableRow([`Node ${run.machine.node.slice(1)}`, 'an empty module', 'wideline', 'pino', "wideline's of pino's"]),
    tableRow(['---', '---:', '---:', '---:', '---:']),
    ...rows.map(({ way, empty, wideline, pino: other, ratioToPino }) =>
      tableRow([
        `\`${way}\``,
        cell(empty.wallMs),
        `${cell(wideline.wallMs)}${wideline.wallMs.median > atMostMs ? `, above ${atMostMs} ms` : ''}`,
        cell(other.wallMs),
        `${ratioToPino.wall.median.toFixed(2)}, in processor time ${ratioToPino.cpu.median.toFixed(2)}`,
      ]),
    ),
    '',
    `Medians of ${rounds} processes each, with quartiles. ${describeRun(run, ['pino'])}.`,
  ].join('\n')
}

try {
  const rows = Object.keys(ways).map(race)
  const { pino: pinoVersion } = peerVersions()
  const result = {
    machine: describeMachine(),
    peers: { pino: pinoVersion },
    isWhole: !isQuick,
    load: loadAverage(),
    rounds,
    atMostMs,
    rows,
  }
  const table = importTable(result)
  console.log(table)
  writeResult(isQuick ? 'partial-import.json' : 'import.json', result)
  if (process.argv.includes('--write') && !isQuick) putBetweenMarks('import', table)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
