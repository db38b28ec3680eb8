import { existsSync } from 'node:fs'
import os from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { calls } from '../calls/wideline.mjs'
import { openPaymentKey, openPaymentPaths } from '../orders.mjs'

export const defaultCore = fileURLToPath(new URL('../../dist/esm/src/index.js', import.meta.url))

export function assertBuilt(core) {
  if (!existsSync(core)) throw new Error(`there is no ${core}; run \`npm run build\` first`)
}

// Default settings: JSON, ISO time, file output. `buffer: 'tick'` writes when its block is full and at the end of
// the turn, so in a loop that never ends its turn it writes whole blocks, as the peers' destinations do. What the
// write at the end of every turn costs is the scenario `one-a-turn`.
export const wideline = {
  calls,

  async open(paths, { formatters, redacts }, core) {
    const api = await import(pathToFileURL(core).href)
    const { createLogger, file } = api
    const options = { level: 'info', outputs: paths.map((path) => file(path, { buffer: 'tick' })) }
    if (formatters) options.fields = { process: { pid: process.pid }, host: { name: os.hostname() }, foo: 'bar' }
    if (redacts === 'paths') options.redact = { paths: openPaymentPaths, keys: [openPaymentKey] }
    const log = createLogger(options)
    return { log, finish: () => log.flushSync(), close: () => log.close(), api }
  },

  readLine({ level, time, msg, ...fields }) {
    if (new Date(time).toISOString() !== time) throw new Error(`time is not ISO: ${time}`)
    return { level, msg, fields }
  },
}
