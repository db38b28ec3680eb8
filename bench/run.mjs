// npm run bench                          every scenario; writes bench/results/latest.json
// npm run bench -- --quick               a few scenarios, fewer rounds, under a minute; writes partial.json
// npm run bench -- --only message,child  these scenarios; writes partial.json
// npm run bench -- --core FILE           another build of wideline's index.js, to compare two commits; partial.json
// npm run bench -- --node FILE           measures in another node binary; writes latest-node24.json if that is its major
// npm run bench -- --curves              time over fields, length, outputs, depth; writes curves.json. With --only
//                                        fields,depth or --quick partial-curves.json; with --node curves-node24.json
//
// Only a whole run may replace latest.json and curves.json: the README's table (bench/table.mjs) and plots
// (bench/plot.mjs) are made from them.
import { readArguments } from './arguments.mjs'
import { pointOf } from './curves.mjs'
import { harness, namesIn, reference } from './entrants/index.mjs'
import { assertBuilt } from './entrants/wideline.mjs'
import { describeMachine, loadAverage } from './machine.mjs'
import { withProcesses } from './measured-process.mjs'
import { installPeers, peerVersions } from './peers.mjs'
import { writeResult } from './results.mjs'
import { printCurves, printReport } from './report.mjs'
import { scenarios } from './scenarios.mjs'
import { timeScenario } from './timing.mjs'

const curveEntrants = ['wideline', 'pino-sink']

// The reading of bytes is tried on calls of known cost; one that is off ends the run.
function checkAllocationReading(settings, target) {
  const tasks = [{ ...target, scenario: scenarios[0].name, entrant: harness }]
  return withProcesses('allocation', tasks, ([process]) => process.ask('checkReading', settings))
}

// The entrants side by side: other work on the machine does not change how many bytes a call allocates. What the
// lines say is checked here too, so before anything is timed; a wrong line ends the run.
function readAllocations(tasks, settings) {
  return withProcesses('allocation', tasks, (processes) =>
    Promise.all(
      processes.map(async (process) => {
        await process.ask('golden')
        return process.ask('allocation', settings)
      }),
    ),
  )
}

async function measure(scenario, settings, target) {
  const { name, about, short, atLeast, within, callsPerTurn } = scenario
  const names = namesIn(scenario)
  const tasks = names.map((entrant) => ({ ...target, scenario: name, entrant }))
  if (within !== undefined) tasks.push({ ...target, scenario: within.scenario, entrant: reference })
  const bytes = await readAllocations(tasks, settings)
  const row = { name, about, short, atLeast, callsPerTurn, ...(await timeScenario(scenario, names, settings, target)) }
  for (const [index, entrant] of names.entries()) row.entrants[entrant].bytesPerCall = bytes[index]
  if (within !== undefined) row.within.bytesPerCall = bytes.at(-1)
  return row
}

async function measurePoint(scenario, settings, target) {
  const tasks = curveEntrants.map((entrant) => ({ ...target, scenario: scenario.name, entrant }))
  await withProcesses('time', tasks, (processes) => Promise.all(processes.map((process) => process.ask('golden'))))
  return timeScenario(scenario, curveEntrants, settings, target)
}

async function measureCurve(curve, settings, target) {
  const { name, about, isLogarithmic = false } = curve
  const points = []
  for (const at of curve.points) points.push({ at, ...(await measurePoint(pointOf(curve, at), settings, target)) })
  return { name, about, isLogarithmic, points }
}

async function measureAll({ chosen, isCurves, settings, target }) {
  const measured = []
  const started = performance.now()
  for (const [index, one] of chosen.entries()) {
    const elapsed = Math.round((performance.now() - started) / 1000)
    process.stderr.write(`bench: ${one.name} (${index + 1} of ${chosen.length}, ${elapsed} s)\n`)
    measured.push(await (isCurves ? measureCurve : measure)(one, settings, target))
  }
  return measured
}

async function main() {
  const asked = readArguments()
  assertBuilt(asked.target.core)
  installPeers()
  const result = {
    machine: { ...describeMachine(), ...asked.versions },
    peers: peerVersions(),
    isWhole: asked.isWhole,
    settings: asked.settings,
    loadBefore: loadAverage(),
  }
  if (result.loadBefore[0] > 0.5) {
    process.stderr.write(
      `bench: load average is ${result.loadBefore[0]}; other work on this machine will show in the figures\n`,
    )
  }
  if (asked.isSubset) {
    process.stderr.write(
      `bench: --quick measures ${asked.chosen.length} of ${scenarios.length} scenarios; --only NAMES chooses others\n`,
    )
  }
  if (!asked.isCurves) await checkAllocationReading(asked.settings, asked.target)
  result[asked.isCurves ? 'curves' : 'scenarios'] = await measureAll(asked)
  result.loadAfter = loadAverage()

  if (asked.isCurves) printCurves(result)
  else printReport(result)
  writeResult(asked.file, result)
  if (asked.isSubset) console.log(`--quick measured only ${asked.chosen.length} of ${scenarios.length} scenarios`)
}

main().catch((error) => {
  console.error(`bench: ${error.message}`)
  process.exitCode = 1
})
