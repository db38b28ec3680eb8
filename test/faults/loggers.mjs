// Loggers as their users set them up, ours and others': open(path) gives a function that logs a line of fields. Without
// a path they write to standard output. pino and winston lie in bench/peers, as for the benchmarks.
import { createRequire } from 'node:module'

const requirePeer = createRequire(new URL('../../bench/peers/package.json', import.meta.url))

async function wideline(output) {
  const core = await import('../../dist/esm/src/index.js')
  const log = core.createLogger({ outputs: [output(core)] })
  return (fields) => log.info('line', fields)
}

const file = (options) => (path) => wideline((core) => core.file(path, { flushIntervalMs: 60_000, ...options }))

function pino(make) {
  return async (path) => {
    const createPino = requirePeer('pino')
    const log = createPino(make(createPino, path ?? 1))
    return (fields) => log.info(fields, 'line')
  }
}

function winston(make) {
  return async (path) => {
    const peer = requirePeer('winston')
    const log = peer.createLogger({ format: peer.format.json(), transports: [make(peer.transports, path)] })
    return (fields) => log.info('line', fields)
  }
}

const fileWorker = (path) => wideline((core) => core.worker(core.file(path)))

/** To a file. */
export const fileLoggers = {
  'wideline file, none': file({ buffer: 'none' }),
  'wideline file, tick': file({ buffer: 'tick' }),
  'wideline file, block': file({ buffer: 'block' }),
  'wideline worker': fileWorker,
  'pino.destination, sync': pino((peer, dest) => peer.destination({ dest, sync: true })),
  'pino.destination, minLength 4096': pino((peer, dest) => peer.destination({ dest, sync: false, minLength: 4096 })),
  'pino.transport': pino((peer, destination) => peer.transport({ target: 'pino/file', options: { destination } })),
  'winston File': winston((transports, filename) => new transports.File({ filename })),
}

/** Several processes may log to one file through these. */
export const sharedLoggers = {
  appending: file({ buffer: 'tick' }),
  'appending, block': file({ buffer: 'block', flushIntervalMs: 5 }),
  rotating: file({ buffer: 'tick', rotate: { maxBytes: 50_000 } }),
  'rotating, block': file({ buffer: 'block', flushIntervalMs: 5, rotate: { maxBytes: 50_000, compress: 'gzip' } }),
}

/** To standard output. */
export const streamLoggers = {
  'wideline stdout': () => wideline((core) => core.stdout()),
  'wideline worker(stdout)': () => wideline((core) => core.worker(core.stdout())),
  'pino()': pino((peer, dest) => peer.destination({ dest, sync: true })),
  'pino, minLength 4096': fileLoggers['pino.destination, minLength 4096'],
  'pino.transport': fileLoggers['pino.transport'],
  'winston Console': winston((transports) => new transports.Console()),
}
