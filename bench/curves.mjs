// Where cost must stay linear: the same call with more of one thing. Each point is a scenario, see scenarios.mjs.
import { objectsOf, orderOf, textsOf } from './orders.mjs'

const paid = (fields) => ({ level: 'info', msg: 'order paid', fields })

/** What the child at depth `level` (from 1) adds. */
export const fieldOfLevel = (level) => ({ [`level${level}`]: `value ${level}` })

export const curves = [
  {
    name: 'fields',
    about: 'fields of an object',
    points: [1, 2, 4, 8, 16, 32, 64],
    scenarioAt(count) {
      const fieldsOf = once(() => objectsOf(count))
      return { want: (i) => paid(fieldsOf()(i)) }
    },
  },
  {
    name: 'string',
    about: 'bytes of an ASCII string',
    isLogarithmic: true,
    points: [8, 32, 128, 512, 2048, 8192, 65_536],
    scenarioAt(bytes) {
      const textOf = once(() => textsOf(bytes))
      return { goldenCalls: Math.min(3000, Math.ceil(2 ** 23 / bytes)), want: (i) => paid({ text: textOf()(i) }) }
    },
  },
  {
    name: 'outputs',
    about: 'outputs, three fields as an object',
    points: [1, 2, 3, 4],
    scenarioAt: (outputs) => ({
      setup: { outputs },
      want: (i) => paid({ orderId: orderOf(i).orderId, amount: orderOf(i).amount, status: orderOf(i).status }),
    }),
  },
  {
    name: 'depth',
    about: 'depth of children, one field each',
    points: [1, 2, 4, 6, 8],
    scenarioAt(depth) {
      const fields = Object.assign({}, ...Array.from({ length: depth }, (_, level) => fieldOfLevel(level + 1)))
      return { want: () => paid(fields) }
    },
  },
]

function once(make) {
  let value
  return () => (value ??= make())
}

const nameOf = (curve, at) => `${curve.name}:${at}`

/** The scenario of a point. */
export const pointOf = (curve, at) => ({ name: nameOf(curve, at), about: curve.about, ...curve.scenarioAt(at) })

export const curveScenarios = curves.flatMap((curve) => curve.points.map((at) => pointOf(curve, at)))

/** Makes the calls of all points out of `{ [curve's name]: (at) => (log) => (i) => … }`. */
export function callsOfCurves(factories) {
  const entries = curves.flatMap((curve) => curve.points.map((at) => [nameOf(curve, at), factories[curve.name](at)]))
  return Object.fromEntries(entries)
}
