import { createLogger, json, type Logger, type LoggerOptions, memory, type MemoryOutput } from 'wideline'
import { fixedClock } from 'wideline/testing'
import { strictParse } from '../encoders/strict-json.js'

/** A logger under test, with everything it wrote and reported. */
export interface Capture {
  readonly logger: Logger
  readonly output: MemoryOutput
  readonly problems: Error[]
  /** Every line so far, read strictly. */
  lines(): Record<string, unknown>[]
  /** The last line without its level and time. */
  last(): Record<string, unknown>
}

export function capture(options: Omit<LoggerOptions, 'outputs'> = {}): Capture {
  const output = memory()
  const problems: Error[] = []
  const logger = createLogger({
    level: 'trace',
    clock: fixedClock(),
    onError: (problem) => problems.push(problem),
    ...options,
    outputs: [{ output, encoder: json() }],
  })
  const lines = (): Record<string, unknown>[] =>
    output.lines.map((line) => strictParse(line) as Record<string, unknown>)
  return {
    logger,
    output,
    problems,
    lines,
    last: () => {
      const { level: _, time: _time, ...rest } = lines().at(-1) ?? {}
      return rest
    },
  }
}

/** What a call writes, without level and time. The call must write one line and report nothing. */
export function written(
  call: (logger: Logger) => void,
  options?: Omit<LoggerOptions, 'outputs'>,
): Record<string, unknown> {
  const { logger, lines, last, problems } = capture(options)
  call(logger)
  if (problems.length > 0) throw new Error(`reported: ${problems[0].message}`)
  if (lines().length !== 1) throw new Error(`wrote ${lines().length} lines`)
  return last()
}
