// Each scenario's call through wideline's API: a function that takes a logger and returns the call to time.
//
// The three files of this folder repeat each other where the APIs agree, and must: closures made at one place in
// the source share what V8 learns of them, so a call used for two loggers would be slower for both.
import { callsOfCurves, fieldOfLevel } from '../curves.mjs'
import {
  anyTextOf,
  deepOf,
  errorOf,
  errorWithCauseOf,
  escapesOf,
  jobFields,
  mixedFieldsOf,
  nestedOf,
  nonAsciiOf,
  objectsOf,
  openPaymentOf,
  orderOf,
  paymentOf,
  pinoManifest,
  pinoManifestNested,
  randomText,
  requestFields,
  textOf,
  textsOf,
} from '../orders.mjs'

const object3 = (log) => (i) => {
  const order = orderOf(i)
  log.info('order paid', { orderId: order.orderId, amount: order.amount, status: order.status })
}

export const calls = {
  off: (log) => () => log.debug('order paid'),
  message: (log) => () => log.info('order paid'),
  object3,
  typed3: (log) => (i) => {
    const order = orderOf(i)
    log
      .at('info')
      ?.int('orderId', order.orderId)
      .float('amount', order.amount)
      .string('status', order.status)
      .msg('order paid')
  },
  child: (parent) => {
    const log = parent.child(requestFields)
    return () => log.info('order paid')
  },
  object10: (log) => (i) => {
    const o = orderOf(i)
    log.info('order paid', {
      orderId: o.orderId,
      amount: o.amount,
      status: o.status,
      currency: o.currency,
      customer: o.customer,
      items: o.items,
      isGift: o.isGift,
      country: o.country,
      attempt: o.attempt,
      durationMs: o.durationMs,
    })
  },
  declared3: (log, { fields, float, int, string }) => {
    const Order = fields({ orderId: int(), amount: float(), status: string() })
    return (i) => {
      const order = orderOf(i)
      log.info('order paid', Order, { orderId: order.orderId, amount: order.amount, status: order.status })
    }
  },
  declared10: (log, { bool, duration, fields, float, int, string }) => {
    const Order = fields({
      orderId: int(),
      amount: float(),
      status: string(),
      currency: string(),
      customer: string(),
      items: int(),
      isGift: bool(),
      country: string(),
      attempt: int(),
      durationMs: duration(),
    })
    return (i) => {
      const o = orderOf(i)
      log.info('order paid', Order, {
        orderId: o.orderId,
        amount: o.amount,
        status: o.status,
        currency: o.currency,
        customer: o.customer,
        items: o.items,
        isGift: o.isGift,
        country: o.country,
        attempt: o.attempt,
        durationMs: o.durationMs,
      })
    }
  },
  error: (log) => (i) => log.error('payment failed', errorOf(i)),
  'error-info': (log) => (i) => log.info('payment retried', errorOf(i)),
  'long-string': (log) => (i) => log.info('order paid', { text: textOf(i) }),
  mixed: (log) => (i) => log.info('order paid', mixedFieldsOf(i)),
  'one-a-turn': object3,
  nested: (log) => (i) => log.info('order paid', { order: nestedOf(i) }),
  deep: (log) => (i) => log.info('order paid', { shipment: deepOf(i) }),
  'child-of-child': (parent) => {
    const log = parent.child(requestFields).child(jobFields)
    return () => log.info('order paid')
  },
  'new-child': (log) => (i) => {
    const { requestId, tenant } = requestFields
    log.child({ requestId, tenant, shard: i & 15 }).info('order paid')
  },
  'error-cause': (log) => (i) => log.info('payment retried', errorWithCauseOf(i)),
  'non-ascii': (log) => (i) => log.info('order paid', { text: nonAsciiOf(i) }),
  'any-texts': (log) => (i) =>
    log.info('order paid', { name: anyTextOf(i), place: anyTextOf(i + 1), note: anyTextOf(i + 2) }),
  escapes: (log) => (i) => log.info('order paid', { text: escapesOf(i) }),
  printf: (log) => (i) => {
    const { status, orderId } = orderOf(i)
    log.info('order %s %d %j', status, orderId, requestFields)
  },
  redact: (log) => (i) => log.info('order paid', paymentOf(i)),
  'redact-paths': (log) => (i) => log.info('order paid', openPaymentOf(i)),
  'redact-none': (log) => (i) => log.info('order paid', openPaymentOf(i)),
  'two-outputs': object3,

  'pino:basic': (log) => () => log.info('hello world'),
  'pino:object': (log) => () => log.info({ hello: 'world' }),
  'pino:deep-object': (log) => {
    const manifest = pinoManifest()
    return () => log.info(manifest)
  },
  'pino:child': (parent) => {
    const log = parent.child({ a: 'property' })
    return () => log.info({ hello: 'world' })
  },
  'pino:child-child': (parent) => {
    const log = parent.child({ a: 'property' }).child({ sub: 'child' })
    return () => log.info({ hello: 'world' })
  },
  'pino:child-creation': (log) => {
    let child
    return (i) => {
      if (i % 10 === 0) child = log.child({ a: 'property' })
      child.info({ hello: 'world' })
    }
  },
  'pino:long-string': (log) => {
    const text = randomText()
    return () => log.info(text)
  },
  'pino:multi-arg': (log) => () => log.info('hello %s', 'world'),
  'pino:multi-arg-all': (log) => () => log.info('hello %s %j %d', 'world', { obj: true }, 4),
  'pino:multi-arg-extra': (log) => () => log.info('hello %s %j %d', 'world', { obj: true }, 4, { another: 'obj' }),
  'pino:multi-arg-deep': (log) => {
    const nested = pinoManifestNested()
    return () => log.info('hello %j', nested)
  },
  'pino:formatters': (log) => () => log.info({ hello: 'world' }),

  ...callsOfCurves({
    fields: (count) => (log) => {
      const fieldsOf = objectsOf(count)
      return (i) => log.info('order paid', fieldsOf(i))
    },
    string: (bytes) => (log) => {
      const sized = textsOf(bytes)
      return (i) => log.info('order paid', { text: sized(i) })
    },
    outputs: () => object3,
    depth: (depth) => (root) => {
      let log = root
      for (let level = 1; level <= depth; level++) log = log.child(fieldOfLevel(level))
      return () => log.info('order paid')
    },
  }),
}
