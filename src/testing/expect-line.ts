import { type Difference, differences, type ExpectedLine, type Lines, parsedLines } from './line-match.js'

/** Thrown where no line is as expected. Its message shows the nearest one, and where it differs. */
export class LineError extends Error {
  override readonly name = 'LineError'
}

const MAX_SHOWN = 10
const MAX_UNITS = 200

/**
 * The first line that is as expected, parsed.
 *
 * @throws LineError which shows the nearest line, and where it differs.
 * @example expectLine(logs, { level: 'info', msg: 'order paid', fields: { orderId: 42 } })
 */
export function expectLine(lines: Lines, expected: ExpectedLine): Readonly<Record<string, unknown>> {
  const all = parsedLines(lines)
  const found = all.find((line) => differences(line, expected).length === 0)
  if (found === undefined) throw new LineError(explain(all, expected))
  return found
}

/** Why none of these lines is as expected, in words. */
export function explain(lines: readonly Readonly<Record<string, unknown>>[], expected: ExpectedLine): string {
  const wanted = `no line matches ${shown(expected)}`
  if (lines.length === 0) return `${wanted}\nthere are no lines`
  const ranked = lines
    .map((line) => ({ line, wrong: differences(line, expected) }))
    .toSorted((a, b) => a.wrong.length - b.wrong.length)
  const [{ line, wrong }] = ranked
  return [
    wanted,
    `nearest of ${lines.length} ${lines.length === 1 ? 'line' : 'lines'}, ${shown(line)}, differs:`,
    ...wrong.slice(0, MAX_SHOWN).flatMap(differenceLines),
    ...(wrong.length > MAX_SHOWN ? [`  … and ${wrong.length - MAX_SHOWN} more`] : []),
  ].join('\n')
}

function differenceLines({ key, expected, got }: Difference): string[] {
  return [`  ${key}`, `    - expected ${shown(expected)}`, `    + got      ${shown(got)}`]
}

function shown(value: unknown): string {
  const text =
    JSON.stringify(value, (_, inner: unknown) => {
      if (inner instanceof RegExp || typeof inner === 'bigint') return String(inner)
      if (typeof inner !== 'object' || inner === null || !('asymmetricMatch' in inner)) return inner
      return (inner as { toString(): string }).toString()
    }) ?? 'nothing'
  return text.length > MAX_UNITS ? `${text.slice(0, MAX_UNITS)}…` : text
}
