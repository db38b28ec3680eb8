import type { TraceEvent } from 'wideline/opentelemetry'

const WIDTH = 960
const ROW = 26
const MARGIN = 12
const COLOURS: Readonly<Record<string, string>> = { request: '#2f6f4f', unit: '#2f5f8f', call: '#8fb3d9' }

/** Draws the part of a timeline around one unit or request, as Perfetto shows a `trace.json`, as an SVG. */
export function draw(events: readonly TraceEvent[], name: string): string {
  const whole = events.find((event) => event.ph === 'X' && event.name === name)
  if (whole === undefined) throw new Error(`there is no ${name} on the timeline`)
  const inside = events.filter(({ ph, args }) => ph === 'X' && args['traceId'] === whole.args['traceId'])
  const rows: TraceEvent[][] = []
  const placed = inside.map((event) => {
    let row = rows.findIndex((others) => others.every((other) => endOf(other) <= event.ts || other.ts >= endOf(event)))
    if (row < 0) row = rows.push([]) - 1
    rows[row].push(event)
    return { event, row }
  })
  const scale = (WIDTH - 2 * MARGIN) / endOf(whole, whole.ts)
  const bars = placed.map(({ event, row }) => {
    const x = MARGIN + (event.ts - whole.ts) * scale
    const width = Math.max(2, (event.dur ?? 0) * scale)
    const label = `${event.name} ${((event.dur ?? 0) / 1000).toFixed(1)} ms`
    const y = MARGIN + row * ROW
    const ink = event.cat === 'call' ? '#10243a' : '#ffffff'
    return (
      `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 4}" rx="3" fill="${COLOURS[event.cat]}"/>` +
      `<svg x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 4}">` +
      `<text x="6" y="15" fill="${ink}">${escaped(label)}</text></svg>`
    )
  })
  const height = 2 * MARGIN + rows.length * ROW
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="ui-monospace, monospace" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...bars,
    '</svg>',
    '',
  ].join('\n')
}

function endOf({ ts, dur = 0 }: TraceEvent, from = 0): number {
  return ts + dur - from
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
