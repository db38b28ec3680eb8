// Outputs to a file, ours and pino's counterparts: open(path) gives { log, flush }, where log is an info call of a message
// and an object, and flush settles (or returns) when every line is in the file.
import { defaultCore } from '../entrants/wideline.mjs'
import { requirePeer } from '../peers.mjs'

async function wideline(make) {
  const core = await import(defaultCore)
  const log = core.createLogger({ level: 'info', outputs: [make(core)] })
  return {
    log: (message, fields) => (fields === undefined ? log.info(message) : log.info(message, fields)),
    flush: () => log.flush(),
  }
}

// As in the rest of the bench: without pid and hostname, which wideline does not write either.
function pino(destination, flush) {
  const log = requirePeer('pino')({ level: 'info', base: undefined }, destination)
  return { log: (message, fields) => (fields === undefined ? log.info(message) : log.info(fields, message)), flush }
}

function pinoFile(path, options) {
  const destination = requirePeer('pino').destination({ dest: path, ...options })
  return pino(destination, () => destination.flushSync())
}

export const entrants = {
  tick: (path) => wideline((core) => core.file(path, { buffer: 'tick' })),
  block: (path) => wideline((core) => core.file(path, { buffer: 'block' })),
  worker: (path) => wideline((core) => core.worker(core.file(path))),
  'pino default': (path) => pinoFile(path, { sync: true }),
  'pino minLength 4096': (path) => pinoFile(path, { sync: true, minLength: 4096 }),
  'pino.transport': (path) => {
    const transport = requirePeer('pino').transport({ target: 'pino/file', options: { destination: path } })
    return pino(
      transport,
      () => new Promise((resolve, reject) => transport.flush((error) => (error ? reject(error) : resolve()))),
    )
  },
}
