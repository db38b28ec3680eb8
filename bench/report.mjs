// The result of a run as the terminal shows it.
import { entrantNames, reference } from './entrants/index.mjs'
import { describeOtherWork, describeRun, formatBytes, formatNs, formatRatio } from './format.mjs'
import { describeWithin, missOf } from './targets.mjs'

export function printReport(result) {
  printRun(result, result.scenarios)
  console.log(
    `Times, bytes of heap and ratios are per call; a ratio is how many times longer than ${reference}, median of pairs (quartiles).\n`,
  )
  printTable([['', ...entrantNames], ...result.scenarios.flatMap(rowsOf)])
  const missed = result.scenarios.flatMap(missesOf)
  console.log(missed.length === 0 ? '\nno row is below its target' : `\nbelow their targets:\n${missed.join('\n')}`)
}

export function printCurves(result) {
  printRun(
    result,
    result.curves.flatMap(({ points }) => points),
  )
  console.log('Time per call, and what one more of them adds from point to point.')
  for (const { about, points } of result.curves) {
    const names = Object.keys(points[0].entrants)
    console.log('')
    printTable([[about, ...names], ...points.map((point, i) => rowOfPoint(point, points[i - 1], names))])
  }
}

function printRun(result, rows) {
  console.log(`\n${describeRun(result)}`)
  console.log(
    `load average before ${result.loadBefore.join(' ')}, after ${result.loadAfter.join(' ')} (the run itself adds about 1)`,
  )
  console.log(`other programs used up to ${describeOtherWork(rows)} of a core while a scenario was timed`)
}

function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('   ')
        .trimEnd(),
    )
}

// Two lines a scenario: times and bytes, below them the ratios with their spread.
function rowsOf(scenario) {
  const { name, entrants, ratios, harnessNs } = scenario
  const times = entrantNames.map((entrant) => {
    if (entrants[entrant] === undefined) return '–'
    const { nsPerCall, bytesPerCall } = entrants[entrant]
    return `${formatNs(nsPerCall.median)}  ${formatBytes(bytesPerCall)}`
  })
  const spreads = entrantNames.map((entrant) => {
    if (entrant === reference)
      return [`harness ${formatNs(harnessNs)}`, describeWithin(scenario)].filter(Boolean).join('; ')
    if (ratios[entrant] === undefined) return ''
    const { median, q1, q3 } = ratios[entrant]
    return [`${formatRatio(median)} (${formatRatio(q1)} to ${formatRatio(q3)})`, missOf(scenario, entrant)]
      .filter(Boolean)
      .join(', ')
  })
  return [
    [name, ...times],
    ['', ...spreads],
  ]
}

function missesOf(scenario) {
  const misses = entrantNames
    .filter((entrant) => missOf(scenario, entrant) !== '')
    .map(
      (entrant) =>
        `${scenario.name}: ${formatRatio(scenario.ratios[entrant].median)} ${entrant}, ${missOf(scenario, entrant)}`,
    )
  if (scenario.within !== undefined && scenario.within.ratio.median > scenario.within.atMost)
    misses.push(`${scenario.name}: ${describeWithin(scenario)}`)
  return misses
}

function rowOfPoint(point, before, names) {
  return [
    String(point.at),
    ...names.map((name) => {
      const ns = point.entrants[name].nsPerCall.median
      if (before === undefined) return formatNs(ns)
      const step = (ns - before.entrants[name].nsPerCall.median) / (point.at - before.at)
      return `${formatNs(ns)} (${step < 0 ? '−' : '+'}${Math.abs(step).toFixed(Math.abs(step) < 10 ? 2 : 0)} ns)`
    }),
  ]
}
