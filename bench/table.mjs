// node bench/table.mjs          prints bench/results/latest.json as the Markdown table of the README
// node bench/table.mjs FILE     another result, such as bench/results/latest-node24.json
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describeOtherWork, describeRun, formatBytes, formatNs, formatRatio, tableRow as row } from './format.mjs'
import { describeWithin, missOf } from './targets.mjs'

const headings = { wideline: 'wideline', pino: 'pino', 'pino-sink': 'pino, block buffer', winston: 'winston' }
const names = Object.keys(headings)

function cell(scenario, name) {
  const { entrants, ratios } = scenario
  if (entrants[name] === undefined) return '–'
  const { nsPerCall, bytesPerCall } = entrants[name]
  // wideline's own cell has no ratio to itself, but in some rows one to another of its lines.
  const ratio = ratios[name] === undefined ? describeWithin(scenario) : `**${formatRatio(ratios[name].median)}**`
  return [formatNs(nsPerCall.median), ratio, missOf(scenario, name), formatBytes(bytesPerCall)]
    .filter(Boolean)
    .join(' · ')
}

// In most rows an empty call is a few nanoseconds; where every call has a turn of its own it is a good part of the row.
function label({ name, about, callsPerTurn, harnessNs }) {
  const turn = callsPerTurn === undefined ? '' : ` (of which the turn itself ${formatNs(harnessNs)})`
  return `${name.startsWith('pino:') ? `\`${name}\`: ` : ''}${about}${turn}`
}

export function markdownTable(result) {
  return [
    row([`one call, Node ${result.machine.node.replace(/^v/, '')}`, ...names.map((name) => headings[name])]),
    row(['---', ...names.map(() => '---:')]),
    ...result.scenarios.map((scenario) => row([label(scenario), ...names.map((name) => cell(scenario, name))])),
    '',
    `An empty call reads ${formatNs(Math.min(...result.scenarios.map(({ harnessNs }) => harnessNs)))} here. ` +
      "Median time, how many times wideline's that is (median of paired batches), and bytes of heap a call allocates; " +
      '"below" marks a row that misses its target. Rows named `pino:` log what pino\'s own benchmarks of these names do. ' +
      `${describeRun(result)}. Other programs used up to ${describeOtherWork(result.scenarios)} of a core meanwhile.`,
  ].join('\n')
}

const file = process.argv[2] ?? fileURLToPath(new URL('./results/latest.json', import.meta.url))
if (!existsSync(file)) {
  console.error(`there is no ${file}; run \`npm run bench\` first`)
  process.exitCode = 1
} else console.log(markdownTable(JSON.parse(readFileSync(file, 'utf8'))))
