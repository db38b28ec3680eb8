// node bench/compare.mjs          what each logger writes of the same requests, values and endings, with its defaults
// node bench/compare.mjs NAME     one of them, with its whole lines
// The table "Beside others" of the README was read from this. winston writes no line of a request by itself.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import express from 'express'
import { installPeers, requirePeer } from './peers.mjs'

const LINES = 2_000
const self = fileURLToPath(import.meta.url)
const [, , chosen, what, target] = process.argv

/** A peer that has ES modules only: found by its name in bench/peers. */
const importPeer = (name) => import(pathToFileURL(requirePeer.resolve(name)).href)

/** Loggers: a middleware of requests, what a handler sets, and a call with one value; all of them write to `take`. */
const entrants = {
  async wideline(take, to) {
    const { createLogger, file, json } = await import('../dist/esm/src/index.js')
    const { requestErrors, requestLogger } = await import('../dist/esm/integrations/express/index.js')
    const { CallbackOutput } = await import('../dist/examples/custom-output/callback-output.js')
    const output = to === undefined ? new CallbackOutput(take) : file(to)
    const log = createLogger({ outputs: [{ output, encoder: json() }] })
    return {
      before: requestLogger({ logger: log }),
      after: requestErrors(),
      set: (request, fields) => request.log.set(fields),
      log: (v) => log.info('m', { v }),
    }
  },
  async pino(take, to) {
    const pino = requirePeer('pino')
    const log = to === undefined ? pino({}, { write: take }) : pino(pino.destination({ dest: to, minLength: 4096 }))
    return {
      before: requirePeer('pino-http')({ logger: log }),
      set: (request, fields) => request.log.info(fields, 'set'),
      log: (v) => log.info(v, 'm'),
    }
  },
  async winston(take, to) {
    const { createLogger, format, transports } = requirePeer('winston')
    const { Writable } = await import('node:stream')
    const stream = new Writable({ write: (text, _, done) => (take(String(text)), done()) })
    const transport = to === undefined ? new transports.Stream({ stream }) : new transports.File({ filename: to })
    const log = createLogger({ format: format.json(), transports: [transport] })
    return { log: (v) => log.info('m', { v }) }
  },
  async logtape(take, to) {
    const { configure, getLogger, jsonLinesFormatter } = await importPeer('@logtape/logtape')
    const { expressLogger } = await importPeer('@logtape/express')
    const { getFileSink } = await importPeer('@logtape/file')
    const out =
      to === undefined
        ? (record) => take(jsonLinesFormatter(record))
        : getFileSink(to, { formatter: jsonLinesFormatter })
    const loggers = [
      { category: [], lowestLevel: 'debug', sinks: ['out'] },
      { category: ['logtape', 'meta'], sinks: [] },
    ]
    await configure({ sinks: { out }, loggers })
    return {
      before: expressLogger(),
      set: (_, fields) => getLogger('app').info('set', fields),
      log: (v) => getLogger('app').info('m', { v }),
    }
  },
  async evlog(take, to) {
    const { initLogger, log } = await importPeer('evlog')
    const { evlog } = await importPeer('evlog/express')
    const { createFsDrain } = await importPeer('evlog/fs')
    const drain = to === undefined ? ({ event }) => take(JSON.stringify(event)) : createFsDrain({ dir: to })
    initLogger({ env: { service: 'compared' }, pretty: false, silent: true, drain })
    return {
      before: evlog({ drain }),
      set: (request, fields) => request.log.set(fields),
      log: (v) => log.info({ v }),
    }
  },
}

const headers = { authorization: 'Bearer hush', cookie: 'sid=hush' }
const bad = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' }
const unreadable = {
  get value() {
    throw new Error('cannot be read')
  },
}

const stops = [
  { name: 'a success, with a password, a query, and a field named status', url: '/ok/1?q=hush' },
  { name: 'an exception: 500', url: '/boom/1' },
  { name: 'broken off by the client', url: '/slow' },
  { name: 'a body that is no JSON', url: '/ok/1', init: bad },
  { name: 'a field that throws when it is read', url: '/throws' },
]

async function requests({ before, after, set }, lines) {
  const app = express()
  app.use(before, express.json())
  app.get('/ok/:id', (request, response) => {
    set(request, { password: 'hush', status: 777 })
    response.json({})
  })
  app.get('/boom/:id', () => {
    throw new Error('boom')
  })
  app.get('/throws', (request, response) => {
    set(request, { unreadable })
    response.json({})
  })
  app.get('/slow', () => undefined)
  if (after !== undefined) app.use(after)
  app.use((error, _request, response, _next) => response.status(error.status ?? 500).end())
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  for (const { name, url, init } of stops) {
    const signal = AbortSignal.timeout(200)
    const full = `http://127.0.0.1:${server.address().port}${url}`
    await fetch(full, { headers, signal, ...init }).then(
      (response) => response.text(),
      () => undefined,
    )
    await new Promise((resolve) => setTimeout(resolve, 200))
    process.stdout.write(`\n-- ${name}\n${lines.splice(0).join('') || '(no line)\n'}`)
  }
  server.closeAllConnections()
  server.close()
}

async function one(name) {
  const lines = []
  const entrant = await entrants[name]((line) => lines.push(`${line.trimEnd()}\n`))
  if (entrant.before !== undefined) await requests(entrant, lines)
  let outcome = ''
  try {
    entrant.log(unreadable)
  } catch (error) {
    outcome = `the call throws: ${error.message}\n`
  }
  await new Promise((resolve) => setTimeout(resolve, 100))
  process.stdout.write(`\n-- a value that throws when it is read\n${outcome}${lines.join('') || '(no line)\n'}`)
}

/** Logs half the lines, waits, logs the other half and exits. */
async function exit(name, to) {
  const { log } = await entrants[name](() => undefined, to)
  for (let i = 0; i < LINES; i++) {
    log({ line: i })
    if (i === LINES / 2) await new Promise((resolve) => setTimeout(resolve, 500))
  }
  process.exit()
}

function kept(name) {
  const folder = mkdtempSync(path.join(tmpdir(), 'wideline-compare-'))
  const file = path.join(folder, 'out')
  try {
    execFileSync(process.execPath, [self, name, 'exit', file], { stdio: 'ignore' })
    const files = statSync(file).isDirectory() ? readdirSync(file).map((each) => path.join(file, each)) : [file]
    return files.map((each) => readFileSync(each, 'utf8').split('"line":').length - 1).reduce((a, b) => a + b, 0)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (chosen === undefined) {
  installPeers()
  for (const name of Object.keys(entrants)) {
    const text = execFileSync(process.execPath, [self, name], { encoding: 'utf8' })
    const short = text.replace(/^(.{300}).+$/gm, '$1 …')
    process.stdout.write(`\n==== ${name}\n${short}\n-- of ${LINES} lines in a file at process.exit()\n${kept(name)}\n`)
  }
} else if (what === 'exit') await exit(chosen, target)
else {
  installPeers()
  await one(chosen)
}
