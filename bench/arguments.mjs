// What the command line of run.mjs asks for.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { curves } from './curves.mjs'
import { defaultCore } from './entrants/wideline.mjs'
import { describeNode } from './machine.mjs'
import { quickNames, scenarios } from './scenarios.mjs'

const full = { rounds: 40, batchMs: 30, warmUpMs: 600, allocationRounds: 7, allocationCalls: 100_000 }
const quick = { rounds: 6, batchMs: 12, warmUpMs: 200, allocationRounds: 5, allocationCalls: 5_000 }
// Points of a curve are many, and are compared with their neighbours, not to a per cent.
const fullCurves = { ...full, rounds: 20, warmUpMs: 400 }
const quickCurves = { ...quick, rounds: 3, batchMs: 8, warmUpMs: 60 }

const options = {
  quick: { type: 'boolean', default: false },
  curves: { type: 'boolean', default: false },
  only: { type: 'string' },
  core: { type: 'string' },
  node: { type: 'string' },
}

/** `{ isQuick, isWhole, curves, scenarios, settings, target, versions, file }` */
export function readArguments() {
  const { values } = parseArgs({ options })
  const names = values.only?.split(',').map((name) => name.trim())
  const kind = values.curves ? 'curve' : 'scenario'
  const chosen = choose(kind, values.curves ? curves : scenarios, names, values.quick && !values.curves)
  const { node, versions, suffix } = describeNode(values.node)
  const isWhole = !values.quick && names === undefined && values.core === undefined
  const name = values.curves ? (isWhole ? 'curves' : 'partial-curves') : isWhole ? 'latest' : 'partial'
  return {
    isQuick: values.quick,
    isWhole,
    isSubset: names === undefined && chosen.length < scenarios.length && !values.curves,
    isCurves: values.curves,
    chosen,
    settings: values.curves ? (values.quick ? quickCurves : fullCurves) : values.quick ? quick : full,
    target: { core: values.core === undefined ? defaultCore : resolve(values.core), node },
    versions,
    file: `${name}${suffix}.json`,
  }
}

function choose(kind, known, names, isQuick) {
  if (names === undefined) return isQuick ? known.filter(({ name }) => quickNames.includes(name)) : known
  const unknown = names.filter((name) => !known.some((one) => one.name === name))
  if (unknown.length > 0) {
    const all = known.map(({ name }) => name).join(', ')
    throw new Error(`--only: no ${kind} named ${unknown.join(', ')}. There are: ${all}`)
  }
  return known.filter(({ name }) => names.includes(name))
}
