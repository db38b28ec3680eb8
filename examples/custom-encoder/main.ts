import { createLogger, stdout } from 'wideline'
import { ArrayEncoder } from './array-encoder.js'

// An encoder of one's own stands wherever ours do: it gets the entry's typed columns and the output's own bytes.
const log = createLogger({
  fields: { service: 'orders' },
  outputs: [{ output: stdout(), encoder: new ArrayEncoder() }],
})

log.info('order paid', { orderId: 42, amount: 99.5 })
log.warn('slow "query"\nof the day', { tookMs: 812, tables: ['orders', 'payments'] })
log.child({ service: 'payments' }).info('card charged')
await log.close()
