// The little SVG both plots need. Nothing is filled behind them, and every colour is of middle lightness, so that a
// page may be light or dark: each has a contrast of 3 or more to white and to near-black, text of 4.
const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escape = (text) => String(text).replace(/[&<>"]/g, (found) => escapes[found])

export const colours = {
  text: '#767b82',
  grid: '#8b949e',
  wideline: '#1a9a52',
  pino: '#3b82f6',
  'pino-sink': '#cf6a11',
}

/** An element; attributes that are undefined are left out. */
export function element(name, attributes = {}, content) {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escape(typeof value === 'number' ? Number(value.toFixed(1)) : value)}"`)
  return content === undefined ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`
}

export const text = (x, y, content, attributes = {}) =>
  element('text', { x, y, fill: colours.text, ...attributes }, escape(content))

export const line = (x1, y1, x2, y2, attributes = {}) =>
  element('line', { x1, y1, x2, y2, stroke: colours.grid, ...attributes })

export function document(width, height, title, parts) {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
    'font-family': "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif",
    'font-size': 12,
  }
  return `${element('svg', attributes, `\n${[element('title', {}, escape(title)), ...parts].join('\n')}\n`)}\n`
}

/** A square of the colour and what it stands for; at `x`, with `y` as the text's baseline. */
export const legend = (x, y, colour, label) =>
  [element('rect', { x, y: y - 9, width: 10, height: 10, rx: 2, fill: colour }), text(x + 15, y, label)].join('\n')

/** Maps `from` … `to` to pixels, by logarithm or evenly. */
export function scale([from, to], [start, end], isLogarithmic) {
  const place = isLogarithmic ? Math.log : (value) => value
  return (value) => start + ((place(value) - place(from)) / (place(to) - place(from))) * (end - start)
}

/** 1, 2, 5, 10, 20 … between two numbers. */
export function logarithmicTicks(from, to) {
  const ticks = []
  for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power++)
    for (const digit of [1, 2, 5]) {
      const tick = Number((digit * 10 ** power).toPrecision(1))
      if (tick >= from && tick <= to) ticks.push(tick)
    }
  return ticks
}

/** Round numbers from 0 to at least `to`, four to six of them. */
export function evenTicks(to) {
  const rough = to / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough)
  return Array.from({ length: Math.ceil(to / step) + 1 }, (_, i) => Number((i * step).toPrecision(6)))
}
