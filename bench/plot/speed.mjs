// Bars: how many times wideline's time pino takes, row by row.
import { describeRun, formatRatio } from '../format.mjs'
import { describeWithin, missOf } from '../targets.mjs'
import { colours, document, element, legend, line, logarithmicTicks, scale, text } from './svg.mjs'

const width = 960
const labelWidth = 345
const right = width - 105 // room for the last bar's figure
const pitch = 28
const barHeight = 9
const headHeight = 92
const groupHeight = 26
const names = { pino: 'pino.destination()', 'pino-sink': 'pino on a plain block buffer' }

export function drawSpeed(result) {
  const groups = [
    { rows: result.scenarios.filter(({ name }) => !name.startsWith('pino:')) },
    { title: "pino's own benchmarks", rows: result.scenarios.filter(({ name }) => name.startsWith('pino:')) },
  ].filter(({ rows }) => rows.length > 0)
  const x = scale(rangeOf(result.scenarios), [labelWidth + 10, right], true)
  const bottom =
    headHeight + groups.reduce((sum, { title, rows }) => sum + (title ? groupHeight : 0) + rows.length * pitch, 0)

  const parts = [...head(result), ...grid(rangeOf(result.scenarios), x, headHeight - 6, bottom)]
  let y = headHeight
  for (const { title, rows } of groups) {
    if (title !== undefined) {
      parts.push(text(12, y + 18, title, { 'font-weight': 600 }))
      y += groupHeight
    }
    for (const row of rows) {
      parts.push(...drawRow(row, x, y))
      y += pitch
    }
  }
  parts.push(text(12, bottom + 26, describeRun(result), { 'font-size': 11 }))
  return document(width, bottom + 40, 'Time of a log call: pino as multiples of wideline', parts)
}

function rangeOf(scenarios) {
  const ratios = scenarios.flatMap((row) => Object.keys(names).map((name) => row.ratios[name]?.median ?? 1))
  return [Math.min(0.8, ...ratios.map((ratio) => ratio * 0.9)), Math.max(10, ...ratios)]
}

const head = ({ machine }) => [
  text(12, 24, `How many times wideline's time a log call takes with pino (Node ${machine.node.replace(/^v/, '')})`, {
    'font-size': 16,
    'font-weight': 600,
  }),
  legend(12, 48, colours.pino, names.pino),
  legend(165, 48, colours['pino-sink'], names['pino-sink']),
  line(373, 38, 373, 49, { stroke: colours.text, 'stroke-width': 2 }),
  text(381, 48, 'what the row is to reach'),
  text(width - 12, 48, 'logarithmic; longer bars: wideline is faster', { 'text-anchor': 'end' }),
]

function grid([from, to], x, top, bottom) {
  return logarithmicTicks(from, to).flatMap((tick) => [
    line(x(tick), top, x(tick), bottom, tick === 1 ? { 'stroke-width': 1.5 } : { 'stroke-opacity': 0.3 }),
    text(x(tick), top - 6, `${tick}×`, { 'text-anchor': 'middle', 'font-size': 11 }),
  ])
}

function drawRow(row, x, y) {
  const within = describeWithin(row)
  const label = row.short ?? row.about
  const prefix = row.name.startsWith('pino:') ? `${row.name.slice(5)}: ` : ''
  const parts = [
    text(labelWidth, within === '' ? y + 18 : y + 12, cut(prefix + label.replaceAll('`', '')), {
      'text-anchor': 'end',
    }),
  ]
  if (within !== '') parts.push(text(labelWidth, y + 25, within, { 'text-anchor': 'end', 'font-size': 10 }))
  for (const [index, name] of Object.keys(names).entries()) {
    if (row.ratios[name] !== undefined) parts.push(...drawBar(row, name, x, y + 4 + index * (barHeight + 2)))
  }
  return parts
}

function drawBar(row, name, x, y) {
  const ratio = row.ratios[name].median
  const target = row.atLeast?.[name]
  const [start, end] = [x(1), x(ratio)].toSorted((a, b) => a - b)
  const parts = [
    element('rect', { x: start, y, width: Math.max(end - start, 1), height: barHeight, rx: 1.5, fill: colours[name] }),
  ]
  // Where a target stands to the right of the bar's end, the figure goes behind it.
  let figureAt = end
  if (target !== undefined && target > 1) {
    parts.push(line(x(target), y - 0.5, x(target), y + barHeight + 0.5, { stroke: colours.text, 'stroke-width': 2 }))
    if (target > ratio || x(target) > end - 2) figureAt = Math.max(end, x(target))
  }
  const miss = missOf(row, name)
  const figure = miss === '' ? formatRatio(ratio) : `${formatRatio(ratio)}, ${miss}`
  parts.push(text(figureAt + 5, y + barHeight - 0.5, figure, { 'font-size': 10 }))
  return parts
}

/** Not wider than its column, as far as one can tell without a font. */
const cut = (label) => (label.length <= 50 ? label : `${label.slice(0, 49).trimEnd()}…`)
