// The same calls through winston's API; see wideline.mjs here for why they are written out again.
import {
  anyTextOf,
  deepOf,
  errorOf,
  escapesOf,
  jobFields,
  mixedFieldsOf,
  nestedOf,
  nonAsciiOf,
  orderOf,
  pinoManifest,
  pinoManifestNested,
  randomText,
  requestFields,
  textOf,
} from '../orders.mjs'

const object3 = (log) => (i) => {
  const order = orderOf(i)
  log.info('order paid', { orderId: order.orderId, amount: order.amount, status: order.status })
}

const object10 = (log) => (i) => {
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
  'non-ascii': (log) => (i) => log.info('order paid', { text: nonAsciiOf(i) }),
  'any-texts': (log) => (i) =>
    log.info('order paid', { name: anyTextOf(i), place: anyTextOf(i + 1), note: anyTextOf(i + 2) }),
  escapes: (log) => (i) => log.info('order paid', { text: escapesOf(i) }),
  printf: (log) => (i) => {
    const { status, orderId } = orderOf(i)
    log.info('order %s %d %j', status, orderId, requestFields)
  },
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
}
