// The child's side of fields.mjs: one entrant, one thing at a time.
import http from 'node:http'
import { Duplex } from 'node:stream'
import v8 from 'node:v8'
import { createLogger, fields, file, float, int, json, string } from '../dist/esm/src/index.js'
import { Logged, LogFields } from '../dist/esm/integrations/decorators/index.js'
import { requestLogger } from '../dist/esm/integrations/express/index.js'
import { runWithLog } from '../dist/esm/integrations/http/index.js'

const logger = (level) =>
  createLogger({ level, outputs: [{ output: file('/dev/null', { buffer: 'block' }), encoder: json() }] })

/** As TypeScript's emit applies a legacy decorator. */
function decorated(prototype, name, decorator) {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)
  decorator(prototype, name, descriptor)
  Object.defineProperty(prototype, name, descriptor)
}

const Order = fields({ orderId: int(), page: int(), tenant: string(), amount: float(), client: string() })

class ByHand {
  bare(_request, response) {
    response.end('ok')
  }

  byHand(request, response) {
    request.log.set({
      orderId: Number(request.params.id),
      page: Number(request.query.page),
      tenant: request.headers['x-tenant'],
      amount: request.body.amount,
      client: request.headers['x-client'],
    })
    response.end('ok')
  }

  set(request, response) {
    request.log.set(Order, {
      orderId: Number(request.params.id),
      page: Number(request.query.page),
      tenant: request.headers['x-tenant'],
      amount: request.body.amount,
      client: request.headers['x-client'],
    })
    response.end('ok')
  }
}

class Declared {
  handle(_request, response) {
    response.end('ok')
  }
}
decorated(
  Declared.prototype,
  'handle',
  LogFields({
    orderId: int.param('id'),
    page: int.query('page'),
    tenant: string.header('x-tenant'),
    amount: float.body('amount'),
    client: string.header('x-client'),
  }),
)

/** A connection that takes everything and says nothing. */
class Nowhere extends Duplex {
  remoteAddress = '127.0.0.1'
  bytesWritten = 0

  _read() {
    // Nothing comes.
  }

  _write(chunk, _encoding, done) {
    this.bytesWritten += chunk.length
    done()
  }
}

async function handlerTask(handle) {
  const { default: express } = await import('express')
  const app = express()
  app.use(requestLogger({ logger: logger('info'), context: false }))
  app.post('/orders/:id', handle)
  const request = () =>
    new Promise((resolve) => {
      const socket = new Nowhere()
      const incoming = new http.IncomingMessage(socket)
      incoming.method = 'POST'
      incoming.url = '/orders/42?page=3'
      incoming.headers = { host: 'shop', 'x-tenant': 'acme', 'x-client': 'cli/1' }
      incoming.body = { amount: 99.5 }
      incoming.complete = true
      const response = new http.ServerResponse(incoming)
      response.assignSocket(socket)
      response.once('finish', () => {
        response.detachSocket(socket)
        response.emit('close')
        setImmediate(resolve)
      })
      app(incoming, response)
    })
  const run = async (calls) => {
    for (let i = 0; i < calls; i++) await request()
  }
  return { run, calls: 400, warmUp: 4000 }
}

class Billing {
  sum = 0

  constructor(log) {
    if (log !== undefined) this.log = log
  }

  add(a, b) {
    this.sum = (this.sum + a + b) | 0
    return this.sum
  }
}

class LoggedBilling {
  sum = 0

  constructor(log) {
    if (log !== undefined) this.log = log
  }

  add(a, b) {
    this.sum = (this.sum + a + b) | 0
    return this.sum
  }
}
decorated(LoggedBilling.prototype, 'add', Logged({ level: 'debug', args: ['a', 'b'], result: true }))

function methodTask(billing, within = (run) => run()) {
  const run = async (calls) => {
    within(() => {
      for (let i = 0; i < calls; i++) billing.add(i, 1)
    })
  }
  return { run, calls: 1_000_000, warmUp: 3_000_000 }
}

/** The log of a request that is under way, as in an application: its level is the logger's. */
async function openRequest() {
  const { default: express } = await import('express')
  const app = express()
  let log
  app.use(requestLogger({ logger: logger('info'), context: false }), (request) => {
    log = request.log
  })
  const incoming = new http.IncomingMessage(new Nowhere())
  incoming.url = '/'
  app(incoming, new http.ServerResponse(incoming))
  return log
}

const kept = { value: undefined }
const entrants = {
  'handler-bare': () => handlerTask((request, response) => new ByHand().bare(request, response)),
  'handler-by-hand': () => handlerTask((request, response) => new ByHand().byHand(request, response)),
  'handler-declared': () => handlerTask((request, response) => new Declared().handle(request, response)),
  'handler-set': () => handlerTask((request, response) => new ByHand().set(request, response)),
  'method-plain': () => methodTask(new Billing(logger('info'))),
  'method-logged-off': () => methodTask(new LoggedBilling(logger('info'))),
  'method-logged-off-in-request': async () => {
    const log = await openRequest()
    return methodTask(new LoggedBilling(), (run) => runWithLog(log, run))
  },
  control: () =>
    methodTask({
      add: (a, b) => {
        kept.value = { a, b }
      },
    }),
}

const task = await entrants[process.argv[2]]()
const allocationCalls = 500_000 // 20 MB of objects of 40 bytes: within the pinned young generation
const used = () => v8.getHeapStatistics().used_heap_size

const commands = {
  async 'warm-up'() {
    await task.run(task.warmUp)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await task.run(task.warmUp)
  },

  /** Nanoseconds of CPU a call, its garbage included. */
  async time() {
    const before = process.cpuUsage()
    await task.run(task.calls)
    globalThis.gc({ type: 'minor' })
    const { user, system } = process.cpuUsage(before)
    return ((user + system) * 1000) / task.calls
  },

  async bytes() {
    const readings = []
    for (let round = 0; round < 9; round++) {
      globalThis.gc()
      await task.run(1)
      const before = used()
      await task.run(allocationCalls)
      readings.push((used() - before) / allocationCalls)
    }
    return readings.toSorted((a, b) => a - b)[4]
  },
}

process.on('message', (command) => {
  commands[command]().then(
    (value) => process.send({ value }),
    (error) => process.send({ failure: error.stack }),
  )
})
