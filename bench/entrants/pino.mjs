import { calls } from '../calls/pino.mjs'
import { BlockBuffer } from '../block-buffer.mjs'
import { openPaymentKey, openPaymentPaths, paymentSecrets } from '../orders.mjs'
import { requirePeer } from '../peers.mjs'

const levelNames = { 30: 'info', 50: 'error' }

// As its users have it (level as number, time as epoch milliseconds: less work than wideline's ISO time), but
// without pid and hostname, which wideline does not write by default either.
function optionsFor({ redacts, formatters }) {
  const options = { level: 'info', base: undefined }
  if (redacts === 'paths') options.redact = [...openPaymentPaths, `*.${openPaymentKey}`]
  else if (redacts) options.redact = paymentSecrets
  if (formatters) {
    delete options.base
    options.formatters = {
      level: (label) => ({ log: { level: label } }),
      bindings: ({ pid, hostname }) => ({ process: { pid }, host: { name: hostname } }),
      log: (fields) => ({ foo: 'bar', ...fields }),
    }
  }
  return options
}

function readLine({ level, log, time, msg, ...fields }) {
  if (!Number.isInteger(time)) throw new Error(`time is not in epoch milliseconds: ${time}`)
  return { level: log?.level ?? levelNames[level], msg, fields }
}

function createLogger(destinations, setup) {
  const createPino = requirePeer('pino')
  const [first, ...more] = destinations
  const stream = more.length === 0 ? first : createPino.multistream(destinations.map((one) => ({ stream: one })))
  return createPino(optionsFor(setup), stream)
}

// pino on its own destination, with the 4 KiB buffer of its documentation's example, but synchronous (the example is
// not): in a loop an asynchronous one would only queue, and the loop would measure the queueing.
export const pino = {
  calls,
  readLine,

  async open(paths, setup) {
    const { destination } = requirePeer('pino')
    const destinations = paths.map((dest) => destination({ dest, sync: true, minLength: 4096 }))
    return {
      log: createLogger(destinations, setup),
      finish: () => destinations.forEach((one) => one.flushSync()),
      close: () => destinations.forEach((one) => one.end()),
    }
  },
}

// The same pino on a plain block buffer: the fair second column.
export const pinoBlock = {
  calls,
  readLine,

  async open(paths, setup) {
    const destinations = paths.map((path) => new BlockBuffer(path))
    return {
      log: createLogger(destinations, setup),
      finish: () => destinations.forEach((one) => one.flush()),
      close: () => destinations.forEach((one) => one.close()),
    }
  },
}
