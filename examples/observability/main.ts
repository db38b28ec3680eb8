import fs from 'node:fs'
import { createLogger, json, memory } from 'wideline'
import { instrument, otel, timeline } from 'wideline/opentelemetry'
import { createShop } from '../nestjs-shop/app.js'
import { stops } from '../nestjs-shop/requests.js'
import { Checkout } from './checkout.js'
import { draw } from './picture.js'
import { bucketOf, type Measured, serveMetrics } from './prometheus.js'
import { Receiver } from './receiver.js'
import { startSdk } from './sdk.js'

/** What is shown of a wide line. */
interface Wide extends Measured {
  readonly method?: string
  readonly trace_id: string
  readonly span_id: string
  readonly outcome?: string
}

const receiver = new Receiver()
const sdk = startSdk(await receiver.listen())
const metrics = await serveMetrics(sdk.prometheus)

const lines = memory()
const log = createLogger({ name: 'shop', outputs: [{ output: lines, encoder: json() }, otel()] })
const time = timeline()
instrument(log, { spans: true, timeline: time })

const app = await createShop({ logger: log, requests: {} })
await app.listen(0, '127.0.0.1')
const base = await app.getUrl()
for (const { run } of stops) await run(base)
await log.unit('checkout', () => new Checkout().run('42'))
const requests = stops.length + 2 // three of them go out at once
const wide = (): Wide[] => lines.parsed<Wide>().filter(({ method }) => method !== undefined)
while (wide().length < requests) await new Promise((resolve) => setImmediate(resolve))

await log.flush()
await sdk.flush()
const page = await (await fetch(metrics.url)).text()

for (const line of wide()) {
  const { method, route, trace_id, span_id } = line
  const got = receiver.received.filter(({ traceId, spanId }) => traceId === trace_id && spanId === span_id)
  const record = got.find(({ signal, text }) => signal === 'logs' && text.startsWith('request '))
  const span = got.find(({ signal }) => signal === 'traces')
  console.log(`— ${method} ${route ?? '(no route)'}`)
  console.log(`line    ${lines.lines.find((text) => text.includes(span_id) && text.includes('"outcome"'))}`)
  console.log(`trace   ${trace_id}`)
  console.log(`record  ${record === undefined ? '(none)' : `${record.text}, ${record.attributes} attributes`}`)
  console.log(`span    ${span === undefined ? '(none)' : `${span.text}, ${span.attributes} attributes`}`)
  console.log(`bucket  ${bucketOf(page, line)}\n`)
}

const file = process.env['TRACE_FILE']
if (file !== undefined) time.writeFile(file)
const picture = process.env['PICTURE_FILE']
if (picture !== undefined) fs.writeFileSync(picture, draw(time.events(), 'checkout'))
console.log(`${receiver.received.length} records and spans over OTLP; metrics at ${metrics.url}`)
if (process.env['SERVE'] === '1' || (process.stdin.isTTY && process.stdout.isTTY)) {
  console.log(`Serving ${base} until Ctrl-C`)
  await new Promise((resolve) => process.once('SIGINT', resolve))
}
await app.close()
await log.close()
await sdk.stop()
metrics.close()
receiver.close()
