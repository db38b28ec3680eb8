import { explain } from './expect-line.js'
import { differences, type ExpectedLine, type Lines, parsedLines } from './line-match.js'

/** What a matcher tells vitest or Jest. */
export interface MatcherResult {
  /** Whether it matches. */
  readonly pass: boolean
  /** What a failed assertion says. */
  message(): string
}

/** The matchers' types, for `declare module 'vitest' { interface Assertion extends LogMatchers {} }` and Jest's like. */
export interface LogMatchers<Result = void> {
  /** That there is such a line. */
  toHaveLine(expected: ExpectedLine): Result
  /** That there are such lines, in this order, perhaps with others between them. */
  toHaveLines(expected: readonly ExpectedLine[]): Result
}

/**
 * Matchers over captured lines, for vitest and Jest alike.
 *
 * @example
 * expect.extend(logMatchers)
 * expect(logs).toHaveLine({ level: 'info', msg: 'order paid', fields: { orderId: 42 } })
 * expect(logs).not.toHaveLine({ level: 'error' })
 */
export const logMatchers: {
  toHaveLine(received: Lines, expected: ExpectedLine): MatcherResult
  toHaveLines(received: Lines, expected: readonly ExpectedLine[]): MatcherResult
} = {
  toHaveLine(received, expected) {
    const lines = parsedLines(received)
    const found = lines.find((line) => differences(line, expected).length === 0)
    return {
      pass: found !== undefined,
      message: () =>
        found === undefined ? explain(lines, expected) : `a line matches and must not: ${JSON.stringify(found)}`,
    }
  },

  toHaveLines(received, expected) {
    const lines = parsedLines(received)
    let from = 0
    for (const [index, each] of expected.entries()) {
      const at = lines.findIndex((line, i) => i >= from && differences(line, each).length === 0)
      if (at < 0) {
        const rest = lines.slice(from)
        return { pass: false, message: () => `line ${index + 1} of ${expected.length}: ${explain(rest, each)}` }
      }
      from = at + 1
    }
    return { pass: true, message: () => `all ${expected.length} lines are there, and must not be` }
  },
}
