// A terminal of its own colours, which are as readable on a light page as on a dark one.
const PAPER = '#10161d'
const INK = '#dce3ea'
const COLOURS: Readonly<Record<number, string>> = {
  31: '#ff8e86',
  32: '#6fd08c',
  33: '#e6c064',
  34: '#7fb4ff',
  35: '#d5a6ff',
  36: '#6cd0d8',
}
const COLUMNS = 118
const COLUMN = 7.25
const ROW = 18
const MARGIN = 16
const INDENT = '    '

/** A piece of a line in one style. */
interface Run {
  readonly text: string
  readonly style: string
}

/**
 * Draws lines with the styles of `pretty()` as an SVG. A line that is longer than the terminal goes on below, as there; it
 * stays one `<text>`, so that what the picture says can be read out of it.
 */
export function drawTerminal(lines: readonly string[], title: string): string {
  const parts: string[] = []
  let row = 0
  for (const line of lines) {
    const rows = wrapped(runsOf(line))
    const spans = rows.map((runs, i) => {
      const place = `<tspan x="${MARGIN}" y="${MARGIN + (row + i + 1) * ROW - 5}">`
      return `${place}${runs.map(({ text, style }) => `<tspan${style}>${escaped(text)}</tspan>`).join('')}</tspan>`
    })
    parts.push(`<text xml:space="preserve">${spans.join('')}</text>`)
    row += rows.length
  }
  const width = Math.ceil(COLUMNS * COLUMN) + 2 * MARGIN
  const height = row * ROW + 2 * MARGIN
  const font = `font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="12"`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ${font} fill="${INK}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

/** A line in pieces, each with the style that its escape sequences have put on. */
function runsOf(line: string): Run[] {
  const runs: Run[] = []
  let colour = ''
  let isBold = false
  let isDim = false
  for (const part of `0m${line}`.split('\u001b[')) {
    const number = Number.parseInt(part, 10)
    const text = part.slice(part.indexOf('m') + 1)
    if (number === 1) isBold = true
    else if (number === 2) isDim = true
    else if (number === 22) isBold = isDim = false
    else colour = COLOURS[number] ?? ''
    const fill = colour === '' ? '' : ` fill="${colour}"`
    const style = `${fill}${isBold ? ' font-weight="700"' : ''}${isDim ? ' fill-opacity="0.66"' : ''}`
    if (text !== '') runs.push({ text, style })
  }
  return runs
}

/** The pieces in rows of the terminal's width, broken at spaces; the second row and those after it are indented. */
function wrapped(runs: readonly Run[]): Run[][] {
  const rows: Run[][] = [[]]
  let room = COLUMNS
  for (const word of wordsOf(runs)) {
    const length = word.reduce((sum, { text }) => sum + text.length, 0)
    if (length - 1 > room) {
      rows.push([{ text: INDENT, style: ' class="wrap"' }])
      room = COLUMNS - INDENT.length
    }
    rows.at(-1)!.push(...word)
    room -= length
  }
  return rows.map(joined)
}

/** What stands between spaces, of one piece or several, with the space behind it. */
function wordsOf(runs: readonly Run[]): Run[][] {
  const words: Run[][] = [[]]
  for (const { text, style } of runs) {
    for (const part of text.split(/(?<= )/)) {
      words.at(-1)!.push({ text: part, style })
      if (part.endsWith(' ')) words.push([])
    }
  }
  return words
}

/** Neighbours of one style as one piece. */
function joined(runs: readonly Run[]): Run[] {
  const fewer: Run[] = []
  for (const run of runs) {
    const last = fewer.at(-1)
    if (last?.style === run.style) fewer[fewer.length - 1] = { text: last.text + run.text, style: run.style }
    else fewer.push(run)
  }
  return fewer
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
