import { setImmediate } from 'node:timers/promises'
import { createLogger, json, memory, pretty, stdout } from 'wideline'
import { createShop } from './app.js'
import { stops } from './requests.js'
import { moreStops } from './more-stops.js'
import { openStock } from './stock.client.js'
import { summary } from './summary.js'

const copy = memory()
const log = createLogger({
  name: 'shop',
  outputs: [
    { output: stdout(), encoder: pretty({ colour: process.env['NO_COLOR'] === undefined }) },
    { output: copy, encoder: json() },
  ],
})

console.log('— the shop starts')
const app = await createShop({ logger: log, requests: {} })
const stock = await openStock(app)
const port = Number(process.env['PORT'] ?? 0)
try {
  await app.listen(port, '127.0.0.1')
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException
  const reason = code === 'EADDRINUSE' ? `port ${port} is in use; choose another with PORT=…` : message
  console.error(`The shop cannot listen: ${reason}`)
  process.exit(1)
}
const base = await app.getUrl()
await log.flush()

const shop = { base, app, stock }
const all = [
  ...stops.map(({ what, run }) => ({ what, run: () => run(base) })),
  ...moreStops.map(({ what, run }) => ({ what, run: () => run(shop) })),
]
for (const { what, run } of all) {
  console.log(`\n— ${what}`)
  await run()
  await setImmediate()
  await log.flush()
}

console.log(`\n${summary(log, copy)}\n`)
if (process.stdin.isTTY && process.stdout.isTTY) {
  console.log(`Serving ${base} until Ctrl-C, for example: curl ${base}/orders/42`)
  await new Promise((resolve) => process.once('SIGINT', resolve))
  console.log('\nDraining…')
}
await stock.close()
await app.close()
await log.close()
console.log('Closed; every line is written.')
