/** What differs from run to run, and what stands for it. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/"userAgent":"curl\/[^"]*"/g, '"userAgent":"curl"'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, 'TIME'],
  [/\b\d\d:\d\d:\d\d\.\d{3}\b/g, 'TIME'],
  [/"(\w*(?:Ms|pid|port))":[\d.]+/g, '"$1":0'],
  [/\b\d+(\.\d+)? ms\b/g, '0 ms'],
  [/"(requestId|unitId|parentId|traceId|spanId|parentSpanId|trace_id|span_id)":"[\w…-]+"/g, '"$1":"ID"'],
  [/\b(requestId|unitId|traceId|spanId|parentSpanId)=[\w…-]+/g, '$1=ID'],
  [/(?:\\n|\n) {4,}at [^"\n]*/g, '\\n    at …'],
]

function masked(text: string): string {
  return MASKS.reduce((all, [form, stands]) => all.replace(form, stands), text)
}

/**
 * What is wrong with lines that a page shows as those that were written. A line of `…` stands for any lines, `…`
 * within a line for any characters; times, durations, ids and the frames of stacks may differ.
 */
export function difference(shown: readonly string[], written: string): string | undefined {
  const form = masked(shown.join('\n'))
    .split('\n')
    .map((line) => (line === '…' ? '(?:.*\n)*?' : `${line.split('…').map(escaped).join('.*')}\n`))
    .join('')
  const text = masked(written)
  if (new RegExp(`^${form}$`).test(text.endsWith('\n') || text === '' ? text : `${text}\n`)) return undefined
  return `shown:\n${shown.join('\n')}\nwritten:\n${written}`
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
