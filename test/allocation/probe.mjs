// Reads what one log call allocates, on the built files, and prints it as JSON: { "<scenario>": bytes, … }.
// A scenario is read by itself in a fresh process: the types that one call has seen change how the next is compiled.
//
//   node --expose-gc --min-semi-space-size=128 --max-semi-space-size=128 probe.mjs <scenario>
import { Logged } from '../../dist/esm/integrations/decorators/index.js'
import { createLogger, fields, file, float, int, json, string } from '../../dist/esm/src/index.js'
import { bytesPerOp } from './bytes-per-op.mjs'

const NOON = Date.UTC(2026, 10, 23, 12)
const sink = { value: undefined }

// One write takes about half a KB on Node 20 and one on 24; with blocks of 128 KiB that is half a byte to one a line.
function logger(options) {
  const output = file('/dev/null', { buffer: 'block', bufferSize: 131_072 })
  return createLogger({ outputs: [{ output, encoder: json() }], ...options })
}

/** A clock that allocates nothing, so that only the logger's own bytes are read. */
const fixed = { clock: { now: () => NOON } }

const SIXTY = 'an order was paid in full and is on its way to the customer!'
const TWICE_SIXTY = Buffer.from(SIXTY + SIXTY).toString()

/** Ready strings, none of which comes twice in a row: nothing is kept of them. */
const PASSING = Array.from({ length: 1000 }, (_, i) => Buffer.from(`order ${i + 1000} was paid`).toString())

const SCENARIOS = {
  // What the reading itself must read.
  'control: nothing': () => () => {},
  'control: an object of 40 bytes': () => (i) => {
    sink.value = { x: i, y: i }
  },
  'control: a wrapper that allocates': () => {
    const log = logger(fixed)
    const info = (message) => {
      sink.value = { message }
      log.info(message)
    }
    return () => info('order paid')
  },

  'level off': () => {
    const log = logger({ level: 'warn' })
    return () => log.info('order paid')
  },
  'level off, fields of three constants': () => {
    const log = logger({ level: 'warn' })
    const values = { orderId: 42, amount: 99.5, status: 'ok' }
    return () => log.info('order paid', values)
  },
  'level off, typed chain': () => {
    const log = logger({ level: 'warn' })
    return (i) =>
      log
        .at('info')
        ?.int('orderId', i)
        .float('amount', i / 2)
        .string('status', 'ok')
        .msg('order paid')
  },
}

/** As TypeScript's emit applies a legacy decorator. */
class Billing {
  constructor(log) {
    this.log = log
    this.sum = 0
  }

  add(a, b) {
    this.sum = (this.sum + a + b) | 0
    return this.sum
  }
}
const descriptor = Object.getOwnPropertyDescriptor(Billing.prototype, 'add')
Logged({ level: 'debug', args: ['a', 'b'], result: true })(Billing.prototype, 'add', descriptor)
Object.defineProperty(Billing.prototype, 'add', descriptor)

SCENARIOS['level off, a logged method'] = () => {
  const billing = new Billing(logger({ level: 'info' }))
  return (i) => billing.add(i, 1)
}

const Order = fields({ orderId: int(), amount: float(), status: string() })
const order = { orderId: 42, amount: 99.5, status: 'ok' }

/** Lines of one span. */
function correlate(log) {
  const names = { traceId: 'trace_id', spanId: 'span_id', traceFlags: 'trace_flags' }
  const at = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: '01' }
  log.correlate({ names, position: () => at })
}

/** A unit that stays under way, with a flight recorder. */
function unitOf(log) {
  let unit
  log.unit('job', { recorder: true }, (underWay) => {
    unit = underWay
    return new Promise(() => undefined)
  })
  return unit
}

/** Scenarios that are read with a fixed clock and with the system's. */
const LINES = {
  message: (log) => () => log.info('order paid'),
  'messages that pass': (log) => (i) => log.info(PASSING[i % PASSING.length]),
  'message of 60 letters': (log) => () => log.info(SIXTY),
  'message of 120 letters': (log) => () => log.info(TWICE_SIXTY),
  'message of a child with context': (log) => {
    const child = log.child({ requestId: 'r-0123456789', tenant: 'acme' })
    return () => child.info('order paid')
  },
  'message of a unit': (log) => {
    const unit = unitOf(log)
    return () => unit.info('order paid')
  },
  'object of a unit': (log) => {
    const unit = unitOf(log)
    return () => unit.info('order paid', order)
  },
  'message with a trace': (log) => {
    correlate(log)
    return () => log.info('order paid')
  },
  'object of a unit with a trace': (log) => {
    correlate(log)
    const unit = unitOf(log)
    return () => unit.info('order paid', order)
  },
  'typed chain with a trace': (log) => {
    correlate(log)
    return () => log.at('info')?.int('orderId', 42).string('status', 'paid').msg('order paid')
  },
  'message that a unit records': (log) => {
    const unit = unitOf(log)
    return () => unit.debug('order paid')
  },
  'typed chain of three fields': (log) => (i) =>
    log.at('info')?.int('orderId', i).float('amount', 99.5).string('status', 'ok').msg('order paid'),
  'declared set of three constants': (log) => () => log.info('order paid', Order, order),
  'declared set on a typed line': (log) => (i) => log.at('info')?.all(Order, order).int('attempt', i).msg('order paid'),
  'object of three fields': (log) => {
    const values = { orderId: 42, count: 7, status: 'ok' }
    return () => log.info('order paid', values)
  },
  'object of three fields, one fractional': (log) => {
    const values = { orderId: 42, amount: 99.5, status: 'ok' }
    return () => log.info('order paid', values)
  },
  'object first, as in pino': (log) => {
    const values = { orderId: 42, count: 7, status: 'ok' }
    return () => log.info(values, 'order paid')
  },
  'object of ten fields': (log) => {
    const values = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 'six', g: 'seven', h: true, i: 'nine', j: null }
    return () => log.info('order paid', values)
  },
  'nested object, two levels, eight keys': (log) => {
    const values = {
      order: { id: 1, state: 'paid', customer: { id: 2, name: 'ann', isNew: false }, total: 3, lines: 4 },
    }
    return () => log.info('order paid', values)
  },
  'text of 2 KB': (log) => {
    const values = { text: Buffer.alloc(2048, 'plain text ').toString() }
    return () => log.info('order paid', values)
  },
  'text of 60 characters that are not ASCII': (log) => {
    const values = { text: Buffer.from('ä€'.repeat(30)).toString() }
    return () => log.info('order paid', values)
  },
  'text of 120 escapes': (log) => {
    const values = { text: Buffer.from('\n"'.repeat(60)).toString() }
    return () => log.info('order paid', values)
  },
  'typed chain of a child': (log) => {
    const child = log.child({ requestId: 'r-0123456789' })
    return (i) => child.at('info')?.int('orderId', i).string('status', 'ok').msg('order paid')
  },
}

/** Calls whose bytes are stated, not nothing. */
const STATED = {
  'a child of three fields and its line': (log) => (i) =>
    log.child({ requestId: 'r-0123456789', tenant: 'acme', shard: i & 15 }).info('order paid'),
  'an error with its stack': (log) => {
    const error = new RangeError('no such order')
    return () => log.info('payment failed', error)
  },
  'printf of a text, a number and an object': (log) => {
    const values = { id: 7 }
    return (i) => log.info('order %s %d %j', 'ok', i & 1023, values)
  },
}

for (const [name, make] of Object.entries(STATED)) SCENARIOS[name] = () => make(logger(fixed))

SCENARIOS['message to two outputs, fixed clock'] = () => {
  const output = () => file('/dev/null', { buffer: 'block', bufferSize: 131_072 })
  const log = createLogger({
    ...fixed,
    outputs: [output(), output()].map((each) => ({ output: each, encoder: json() })),
  })
  return () => log.info('order paid')
}

/** Loggers before the one that is read, and calls of each: they go the rarer ways too, which V8 then keeps room for. */
const OTHERS = 200
const OTHER_CALLS = 100

for (const [name, make] of Object.entries(LINES)) {
  SCENARIOS[`${name}, fixed clock`] = () => make(logger(fixed))
  SCENARIOS[`${name}, system clock`] = () => make(logger({}))
  SCENARIOS[`${name}, one of many loggers`] = () => {
    for (let other = 0; other < OTHERS; other++) {
      const call = make(logger(fixed))
      for (let i = 0; i < OTHER_CALLS; i++) call(i)
    }
    return make(logger(fixed))
  }
}

/** Parts of the pipeline at work. */
const PARTS = {
  'no part': {},
  'a before hook': { hooks: { before: (line) => line.string('region', 'eu-1') } },
  'an after hook': { hooks: { after: () => {} } },
  'a filter': { filter: "level >= info and status = 'ok'" },
  'redaction by path and key': { redact: { paths: ['user.email', '*.token'], keys: ['pin'] } },
}
const HIDING = {
  status: 'ok',
  user: { name: 'ann', email: 'x' },
  a: { token: 't', pin: 1, list: [{ id: 1 }, { id: 2 }] },
}

for (const [name, options] of Object.entries(PARTS)) {
  SCENARIOS[`${name}, fields of a constant`] = () => {
    const log = logger({ ...fixed, ...options })
    return () => log.info('order paid', HIDING)
  }
}

const [wanted] = process.argv.slice(2)
if (wanted === undefined) process.stdout.write(JSON.stringify(Object.keys(SCENARIOS)))
else process.stdout.write(JSON.stringify(await bytesPerOp(SCENARIOS[wanted]())))
