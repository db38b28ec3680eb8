import { NestLogger } from 'wideline/nestjs'
import { captureLogs } from 'wideline/testing'
import type { Line } from './lines.js'

/** One way to call Nest's logger, and the line that is written for it, without its time. */
export interface Shape {
  readonly name: string
  write(log: NestLogger): void
  readonly want: Line
}

export const err: TypeError = new TypeError('boom', { cause: new Error('why') })
export const { stack = '' } = err

/** What the lines have of it. */
export const ERROR: Line = {
  type: 'TypeError',
  message: 'boom',
  stack,
  cause: { type: 'Error', message: 'why', stack: (err.cause as Error).stack },
}

export function written(write: (log: NestLogger) => void): Line[] {
  const logs = captureLogs()
  write(new NestLogger(logs.logger))
  return logs.parsed().map(({ time: _time, ...line }) => line)
}

export function info(line: Line): Line {
  return { level: 'info', ...line }
}

export function failed(line: Line): Line {
  return { level: 'error', ...line }
}
