// node dist/examples/nestjs-shop/picture.js > docs/pretty.svg    some requests of the shop, as a terminal shows them
import { pathToFileURL } from 'node:url'
import { createLogger, memory, pretty } from 'wideline'
import { createShop } from './app.js'
import { stops } from './requests.js'
import { drawTerminal } from './terminal-svg.js'

const SHOWN = ['a success', 'a validation failure', 'a thrown error: 500', 'one the client aborts']

const shown = memory()
// Two frames of each stack: the rest of them is Nest's.
const outputs = [{ output: shown, encoder: pretty({ colour: true }) }]
const log = createLogger({ name: 'shop', outputs, errors: { frames: 2 } })
const app = await createShop({ logger: log, requests: {} })
await app.listen(0, '127.0.0.1')
const base = await app.getUrl()
const booted = shown.lines.length
for (const stop of stops.filter(({ what }) => SHOWN.includes(what))) {
  // The wide line is written when the response is closed, which may be after the client has its answer.
  const ended = new Promise<void>((resolve) => {
    const forget = log.observeUnits({ finished: () => (forget(), resolve()) })
  })
  await Promise.all([stop.run(base), ended])
}
await app.close()
const here = pathToFileURL(`${process.cwd()}/`).href
const lines = shown.lines.slice(booted).flatMap((line) => line.replaceAll(here, '').split('\n'))
process.stdout.write(drawTerminal(lines, 'Four requests of the example shop, as pretty() writes them'))
