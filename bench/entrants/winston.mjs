// winston at its fastest. Its File transport cannot be timed honestly in a loop: log() returns while the line waits
// in a stream, so 20,000 calls leave 8,000 to 20,000 lines queued and the loop measures the queueing. Its Stream
// transport adds a setImmediate for every line, which must be let run. Here a transport of seven lines gives the
// finished line to the same block buffer as pino-sink's and calls back at once. Then all of winston's work happens
// inside the call, nothing is queued (the golden check counts the lines), and no turn of the event loop is needed.
// Users of the stock transports pay more than this row says.
import { BlockBuffer } from '../block-buffer.mjs'
import { calls } from '../calls/winston.mjs'
import { requirePeer } from '../peers.mjs'

function createTransport(destination) {
  const Transport = requirePeer('winston-transport')
  const message = Symbol.for('message') // where winston keeps the formatted line
  return new (class extends Transport {
    log(info, callback) {
      destination.write(`${info[message]}\n`)
      callback()
    }
  })()
}

export const winston = {
  calls,

  async open(paths, { formats }) {
    const { createLogger, format } = requirePeer('winston')
    const destinations = paths.map((path) => new BlockBuffer(path))
    const log = createLogger({
      level: 'info',
      format: format.combine(...(formats ? [format.splat()] : []), format.timestamp(), format.json()),
      transports: destinations.map(createTransport),
    })
    // Its pipe starts to flow in the next turn; lines before that would be held.
    await new Promise((resolve) => setImmediate(resolve))
    return {
      log,
      finish: () => destinations.forEach((one) => one.flush()),
      close: () => destinations.forEach((one) => one.close()),
    }
  },

  readLine({ level, timestamp, message, ...fields }) {
    if (new Date(timestamp).toISOString() !== timestamp) throw new Error(`timestamp is not ISO: ${timestamp}`)
    // An object logged alone becomes its line's message.
    if (typeof message === 'object') return { level, msg: undefined, fields: { ...fields, ...message } }
    return { level, msg: message, fields }
  },
}
