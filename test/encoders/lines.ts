import { createLogger, type Encoder, json, type Logger, type LoggerOptions, memory, pretty } from 'wideline'
import { fixedClock } from 'wideline/testing'

/** A logger whose lines are kept as text, whatever its encoder, under a clock that stands still. */
export interface Written {
  readonly logger: Logger
  readonly lines: readonly string[]
  /** Problems that were reported. */
  readonly problems: Error[]
}

export const NOW = '2026-11-23T02:52:15.206Z'

export function write(encoder: Encoder, options: Omit<LoggerOptions, 'outputs'> = {}): Written {
  const output = memory()
  const problems: Error[] = []
  const logger = createLogger({
    level: 'trace',
    clock: fixedClock(NOW),
    onError: (problem) => problems.push(problem),
    ...options,
    outputs: [{ output, encoder }],
  })
  return { logger, lines: output.lines, problems }
}

/** Everything that some calls write as JSON, as it would stand in a file. */
export function jsonText(calls: (logger: Logger) => void, options?: Omit<LoggerOptions, 'outputs'>): string {
  const { logger, lines } = write(json(), options)
  calls(logger)
  return lines.join('\n')
}

/** Everything that some calls write for people, escape characters shown as `␛`. */
export function prettyText(
  calls: (logger: Logger) => void,
  options: Omit<LoggerOptions, 'outputs'> & { colour?: boolean } = {},
): string {
  const { colour = false, ...rest } = options
  const { logger, lines } = write(pretty({ colour }), rest)
  calls(logger)
  return lines.join('\n').replaceAll('\u001b', '␛')
}

/** An error whose stack is the same on every machine. */
export function errorAt<E extends Error>(error: E, ...frames: readonly string[]): E {
  error.stack = [`${error.name}: ${error.message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n')
  return error
}
