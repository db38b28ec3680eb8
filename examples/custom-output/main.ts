import { createLogger, file, fallback, json, split, stdout, worker } from 'wideline'
import { CallbackOutput } from './callback-output.js'

// An output of one's own stands wherever ours do. Here lines that matter go to it as well.
const alarms: string[] = []
const log = createLogger({
  name: 'shop',
  outputs: [
    { output: split({ info: stdout(), error: new CallbackOutput((line) => alarms.push(line)) }), encoder: json() },
    // Written by another thread, and elsewhere while that disk is full.
    { output: worker(file(process.env['LOG_FILE'] ?? 'logs/shop.log')), encoder: json() },
    { output: fallback(file('/dev/full'), file('/dev/null'), { retryMs: 60_000 }), encoder: json() },
  ],
  onError: () => undefined,
})

log.info('order paid', { orderId: 42 })
log.error('payment failed', { orderId: 43 })
await log.close()

console.log(`${alarms.length} alarm: ${(JSON.parse(alarms[0]) as { msg: string }).msg}`)
for (const { calls, accepted, written, dropped } of log.stats().outputs) {
  console.log(JSON.stringify({ calls, accepted, written, dropped }))
}
