// The same calls through pino's API; see wideline.mjs here for why they are written out again.
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
  orderOf,
  openPaymentOf,
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
  log.info({ orderId: order.orderId, amount: order.amount, status: order.status }, 'order paid')
}

const object10 = (log) => (i) => {
  const o = orderOf(i)
  log.info(
    {
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
    },
    'order paid',
  )
}

export const calls = {
  off: (log) => () => log.debug('order paid'),
  message: (log) => () => log.info('order paid'),
  object3,
  typed3: object3, // no typed API: what its users write instead
  child: (parent) => {
    const log = parent.child(requestFields)
    return () => log.info('order paid')
  },
  object10,
  // No declared sets: what their users write instead.
  declared3: object3,
  declared10: object10,
  error: (log) => (i) => log.error(errorOf(i), 'payment failed'),
  'error-info': (log) => (i) => log.info(errorOf(i), 'payment retried'),
  'long-string': (log) => (i) => log.info({ text: textOf(i) }, 'order paid'),
  mixed: (log) => (i) => log.info(mixedFieldsOf(i), 'order paid'),
  'one-a-turn': object3,
  nested: (log) => (i) => log.info({ order: nestedOf(i) }, 'order paid'),
  deep: (log) => (i) => log.info({ shipment: deepOf(i) }, 'order paid'),
  'child-of-child': (parent) => {
    const log = parent.child(requestFields).child(jobFields)
    return () => log.info('order paid')
  },
  'new-child': (log) => (i) => {
    const { requestId, tenant } = requestFields
    log.child({ requestId, tenant, shard: i & 15 }).info('order paid')
  },
  'error-cause': (log) => (i) => log.info(errorWithCauseOf(i), 'payment retried'),
  'non-ascii': (log) => (i) => log.info({ text: nonAsciiOf(i) }, 'order paid'),
  'any-texts': (log) => (i) =>
    log.info({ name: anyTextOf(i), place: anyTextOf(i + 1), note: anyTextOf(i + 2) }, 'order paid'),
  escapes: (log) => (i) => log.info({ text: escapesOf(i) }, 'order paid'),
  printf: (log) => (i) => {
    const { status, orderId } = orderOf(i)
    log.info('order %s %d %j', status, orderId, requestFields)
  },
  redact: (log) => (i) => log.info(paymentOf(i), 'order paid'),
  'redact-paths': (log) => (i) => log.info(openPaymentOf(i), 'order paid'),
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
      return (i) => log.info(fieldsOf(i), 'order paid')
    },
    string: (bytes) => (log) => {
      const sized = textsOf(bytes)
      return (i) => log.info({ text: sized(i) }, 'order paid')
    },
    outputs: () => object3,
    depth: (depth) => (root) => {
      let log = root
      for (let level = 1; level <= depth; level++) log = log.child(fieldOfLevel(level))
      return () => log.info('order paid')
    },
  }),
}
