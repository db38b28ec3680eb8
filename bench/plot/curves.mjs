// Small multiples: nanoseconds a call over the size of one thing.
import { describeRun, formatNs } from '../format.mjs'
import { colours, document, element, evenTicks, legend, line, logarithmicTicks, scale, text } from './svg.mjs'

const width = 960
const columns = 2
const panelWidth = width / columns
const panelHeight = 270
const headHeight = 66
const inner = { left: 70, right: 80, top: 34, bottom: 40 }
const names = { wideline: 'wideline', 'pino-sink': 'pino on a plain block buffer' }

export function drawCurves(result) {
  const bottom = headHeight + Math.ceil(result.curves.length / columns) * panelHeight
  const parts = [
    text(12, 24, `Time of a log call as it grows (Node ${result.machine.node.replace(/^v/, '')})`, {
      'font-size': 16,
      'font-weight': 600,
    }),
    legend(12, 48, colours.wideline, names.wideline),
    legend(100, 48, colours['pino-sink'], names['pino-sink']),
  ]
  for (const [index, curve] of result.curves.entries()) {
    const left = (index % columns) * panelWidth
    const top = headHeight + Math.floor(index / columns) * panelHeight
    parts.push(element('g', { transform: `translate(${left} ${top})` }, drawPanel(curve).join('\n')))
  }
  parts.push(text(12, bottom + 14, describeRun(result), { 'font-size': 11 }))
  return document(width, bottom + 28, 'Time of a log call over fields, length, outputs and depth', parts)
}

function drawPanel({ about, isLogarithmic, points }) {
  const [left, right] = [inner.left, panelWidth - inner.right]
  const [top, bottom] = [inner.top, panelHeight - inner.bottom]
  const places = points.map(({ at }) => at)
  const times = points.flatMap(({ entrants }) => Object.keys(names).map((name) => entrants[name].nsPerCall.median))
  const [yTicks, yRange] = verticalAxis(times, isLogarithmic)
  const xRange = isLogarithmic ? [Math.min(...places), Math.max(...places)] : [0, Math.max(...places)]
  const x = scale(xRange, [left, right], isLogarithmic)
  const y = scale(yRange, [bottom, top], isLogarithmic)

  return [
    text(left, 18, isLogarithmic ? `${about} (both scales logarithmic)` : about, { 'font-weight': 600 }),
    ...yTicks.flatMap((tick) => [
      line(left, y(tick), right, y(tick), { 'stroke-opacity': tick === yRange[0] ? 1 : 0.3 }),
      text(left - 6, y(tick) + 4, formatTime(tick), { 'text-anchor': 'end', 'font-size': 11 }),
    ]),
    ...readable(places, x).map((at) =>
      text(x(at), bottom + 16, formatCount(at), { 'text-anchor': 'middle', 'font-size': 11 }),
    ),
    ...Object.keys(names).flatMap((name) => drawLine(points, name, x, y)),
    ...endLabels(points.at(-1), x, y),
  ]
}

function verticalAxis(times, isLogarithmic) {
  if (!isLogarithmic) {
    const ticks = evenTicks(Math.max(...times))
    return [ticks, [0, ticks.at(-1)]]
  }
  const range = [Math.min(...times) * 0.8, Math.max(...times) * 1.2]
  const ticks = logarithmicTicks(...range)
  // 1, 2, 5 of each decade while there is room; else its 1 alone.
  return [ticks.length <= 8 ? ticks : ticks.filter((tick) => String(tick).startsWith('1')), range]
}

function drawLine(points, name, x, y) {
  const place = ({ at, entrants }) => [x(at), y(entrants[name].nsPerCall.median)].map((value) => value.toFixed(1))
  const path = points.map((point) => place(point).join(' ')).join(' L')
  return [
    element('path', { d: `M${path}`, fill: 'none', stroke: colours[name], 'stroke-width': 2 }),
    ...points.map((point) => {
      const [cx, cy] = place(point)
      return element('circle', { cx, cy, r: 3, fill: colours[name] })
    }),
  ]
}

// What each line ends at, in its colour; moved apart where they end close together.
function endLabels({ at, entrants }, x, y) {
  const labels = Object.keys(names)
    .map((name) => ({ name, ns: entrants[name].nsPerCall.median }))
    .map((label) => ({ ...label, y: y(label.ns) + 4 }))
    .toSorted((a, b) => a.y - b.y)
  const least = 14
  if (labels[1].y - labels[0].y < least) {
    const middle = (labels[0].y + labels[1].y) / 2
    labels[0].y = middle - least / 2
    labels[1].y = middle + least / 2
  }
  return labels.map(({ name, ns, y: baseline }) => text(x(at) + 8, baseline, formatNs(ns), { fill: colours[name] }))
}

/** Those whose labels do not touch the one before; the last always. */
function readable(places, x) {
  const kept = []
  for (const at of places.toReversed()) if (kept.length === 0 || x(kept[0]) - x(at) >= 26) kept.unshift(at)
  return kept
}

const formatCount = (count) => (count >= 1024 && count % 1024 === 0 ? `${count / 1024} Ki` : String(count))
const formatTime = (ns) => (ns === 0 ? '0' : ns < 1000 ? `${ns} ns` : `${ns / 1000} µs`)
