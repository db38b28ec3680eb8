import { createLogger, memory } from 'wideline'
import { captureLogs, expectLine, fixedClock } from 'wideline/testing'
import { Checkout } from './testing.js'

/** The checks a test would make; in vitest or Jest each is an `it`. Gives what they say, in words. */
export async function checks(): Promise<string[]> {
  const said: string[] = []

  // A logger made for the test: every level, kept in memory, at a fixed time.
  const logs = captureLogs({ clock: fixedClock() })
  await new Checkout(logs.logger).pay(42, 99.5)
  const line = expectLine(logs, { level: 'info', msg: 'order paid', fields: { orderId: 42, method: { kind: 'card' } } })
  said.push(`found: ${JSON.stringify(line)}`)

  // The application's own logger: only what this call logs, whatever else is logged meanwhile.
  const log = createLogger({ outputs: [memory()] })
  const captured = await captureLogs(log, () => new Checkout(log).pay(7, 5000))
  said.push(
    `captured: ${captured
      .parsed()
      .map(({ level, msg }) => `${String(level)} ${String(msg)}`)
      .join()}`,
  )

  // What a failing expectation says.
  try {
    expectLine(logs, { msg: 'order paid', fields: { amount: 100, method: { last4: /^0/ } } })
  } catch (error) {
    said.push((error as Error).message)
  }
  return said
}
