// Nanoseconds per call: entrants take turns, batch by batch, and are compared pair by pair within a round.
import { harness, reference } from './entrants/index.mjs'
import { withProcesses } from './measured-process.mjs'
import { watchOtherWork } from './other-work.mjs'
import { median, summarize } from './statistics.mjs'

/**
 * Times the entrants of these names in `scenario`: `{ otherWork, harnessNs, entrants, ratios }`. Where the scenario is
 * compared `within` wideline, another wideline takes its turns in that other scenario and `within` has its figures too.
 */
export function timeScenario(scenario, names, settings, target) {
  const turns = [harness, ...names].map((entrant) => ({ ...target, scenario: scenario.name, entrant }))
  const { within } = scenario
  if (within !== undefined) turns.push({ ...target, scenario: within.scenario, entrant: reference })
  return withProcesses('time', turns, async (processes) => {
    // One after another: a batch timed beside another one would be timed on a busy machine.
    const calls = []
    for (const process of processes) {
      await process.ask('warmUp', settings)
      calls.push(await process.ask('calibrate', settings))
    }
    const timed = await watchOtherWork(processes, () => timeRounds(processes, calls, settings.rounds))
    const [harnessTimes, ...times] = timed.value
    const described = {
      otherWork: timed.otherWork,
      harnessNs: median(harnessTimes),
      ...describe(names, calls.slice(1), times),
    }
    if (within !== undefined)
      described.within = { ...within, ...compare(times[names.indexOf(reference)], times.at(-1)) }
    return described
  })
}

async function timeRounds(processes, calls, rounds) {
  const nsPerCall = processes.map(() => [])
  for (let round = 0; round < rounds; round++) {
    // Who begins rotates, and every second round runs backwards: nobody always follows the same entrant.
    const direction = round % 2 === 0 ? 1 : processes.length - 1
    for (let place = 0; place < processes.length; place++) {
      const turn = (round + place * direction) % processes.length
      const ms = await processes[turn].ask('time', { calls: calls[turn] })
      nsPerCall[turn].push((ms * 1e6) / calls[turn])
    }
  }
  return nsPerCall
}

// Pair by pair: what slows the machine for a while slows both halves of a pair.
const ratioOf = (times, base) => summarize(times.map((ns, round) => ns / base[round]))

function describe(names, calls, times) {
  const described = { entrants: {}, ratios: {} }
  for (const [index, name] of names.entries()) {
    described.entrants[name] = { callsPerBatch: calls[index], nsPerCall: summarize(times[index]) }
    if (name !== reference) described.ratios[name] = ratioOf(times[index], times[names.indexOf(reference)])
  }
  return described
}

const compare = (times, base) => ({ nsPerCall: summarize(base), ratio: ratioOf(times, base) })
