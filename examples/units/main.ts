import { createLogger, stdout } from 'wideline'
import { handle, nightlyReport, transfer } from './jobs.js'

const log = createLogger({ name: 'jobs', outputs: [stdout()] })

await nightlyReport(log)
handle(log, { id: 'm-1', headers: {}, body: { orderId: 42, amount: 99.5 } })
try {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  handle(log, { id: 'm-2', headers: { traceparent }, body: { orderId: 7, amount: 20_000 } })
} catch {
  // The queue would take it back. Its wide line has the error, after what the flight recorder held.
}
transfer(log, [1, 2])
transfer(log, [3, -4])
await log.close()
