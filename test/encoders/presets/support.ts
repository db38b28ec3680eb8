import { json, type JsonOptions, type Logger, type LoggerOptions } from 'wideline'
import { errorAt, write } from '../lines.js'
import { strictParse } from '../strict-json.js'

export const TRACE = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }

/** An error with a cause, whose stacks are the same on every machine. */
export function failure(): Error {
  const cause = errorAt(new Error('disk full'), 'write (fs.js:1:1)')
  return errorAt(Object.assign(new TypeError('no such order', { cause }), { code: 'E_ORDER' }), 'pay (orders.js:10:5)')
}

/** The line of a request as integrations/http writes it. */
export function wideLine(log: Logger, outcome: 'completed' | 'aborted' | 'failed' = 'completed'): void {
  const line = log.at(outcome === 'completed' ? 'info' : 'error')!
  line.string('requestId', 'r-1').string('method', 'GET').string('url', '/orders/42?page=*')
  line.string('route', '/orders/:id')
  if (outcome !== 'aborted') line.int('status', outcome === 'failed' ? 500 : 200)
  line.string('outcome', outcome).duration('durationMs', 12.345).int('bytes', 17)
  line.string('controller', 'OrdersController').string('handler', 'show').string('tenant', 'acme')
  if (outcome === 'failed') line.error('error', failure())
  line.msg(`request ${outcome}`)
}

/** What some calls write, each line as text; every line is checked: no key twice, nothing raw, nothing reported. */
export function linesOf(
  options: JsonOptions,
  calls: (log: Logger) => void,
  logger: Omit<LoggerOptions, 'outputs'> = {},
): string[] {
  const { logger: log, lines, problems } = write(json(options), { name: 'shop', ...logger })
  calls(log)
  if (problems.length > 0) throw problems[0]
  for (const line of lines) strictParse(line)
  return [...lines]
}

/** The line of one call, read back. */
export function lineOf(options: JsonOptions, call: (log: Logger) => void): Record<string, unknown> {
  const [line] = linesOf(options, call)
  return strictParse(line) as Record<string, unknown>
}

/** Lines with each key on a line of its own. */
export function readable(lines: readonly string[]): string {
  return lines.join('\n').replace(/,(?="[^"\\]+":)/g, ',\n ')
}
