// What the calls log. Sixteen of everything, taken in turn, so that no logger can win by remembering its last value
// and V8 cannot fold a whole line into a constant; few enough to stay in the cache.
import { requirePeer } from './peers.mjs'

const count = 16 // a power of two: `i & mask` costs nothing worth measuring
const mask = count - 1

const make = (build) => Array.from({ length: count }, (_, i) => build(i))

const orders = make((i) => ({
  orderId: 1042 + i * 9173,
  amount: 99.5 + i * 12.25,
  status: ['ok', 'pending', 'refunded', 'declined'][i % 4],
  currency: ['EUR', 'USD', 'JPY'][i % 3],
  customer: `c-${(7_919 * (i + 1)).toString(36)}`,
  items: i + 1,
  isGift: i % 5 === 0,
  country: ['DE', 'US', 'JP', 'BR'][i % 4],
  attempt: i % 3,
  durationMs: 12.5 + i * 3.75,
}))

const errors = make((i) => new RangeError(`amount ${i} exceeds the limit`))

/** The values of call number `i`. */
export const orderOf = (i) => orders[i & mask]
/** Made once, its stack already formatted, which costs every logger the same microseconds on first use. */
export const errorOf = (i) => errors[i & mask]

/** Makes `(i) => a text of `length` ASCII characters` with nothing to escape. */
export function textsOf(length) {
  // From a Buffer: `repeat` leaves a string of pieces, which the first logger to read it would pay to join.
  const texts = make((i) =>
    Buffer.alloc(length, `${i} the quick brown fox jumps over the lazy dog, `).toString('latin1'),
  )
  return (i) => texts[i & mask]
}
export const textOf = textsOf(2048)

// Six shapes of one to three fields in turn: what a whole application teaches V8, not one hot line.
const mixedFields = [
  (i) => ({ orderId: orderOf(i).orderId }),
  (i) => ({ userId: orderOf(i).customer, isAdmin: orderOf(i).isGift }),
  (i) => ({ path: '/orders/42', statusCode: 200, durationMs: orderOf(i).durationMs }),
  (i) => ({ queue: 'mail', tries: orderOf(i).attempt, job: { id: i & 1023, kind: 'welcome' } }),
  () => ({ keys: ['a', 'b'], hit: null, cache: 'session' }),
  (i) => ({ orderId: orderOf(i).orderId, amount: orderOf(i).amount, status: orderOf(i).status }),
]
export const mixedFieldsOf = (i) => mixedFields[i % mixedFields.length](i)

export const requestFields = { requestId: '5f2b1c9e7a3d', tenant: 'acme', shard: 7 }
/** What a child of the request's logger adds. */
export const jobFields = { job: 'capture', attempt: 2 }

const errorsWithCause = make(
  (i) => new RangeError(`payment ${i} failed`, { cause: new Error(`socket ${i} closed by peer`) }),
)
/** An error with one cause, both with their stacks. */
export const errorWithCauseOf = (i) => errorsWithCause[i & mask]

for (const error of [...errors, ...errorsWithCause, ...errorsWithCause.map(({ cause }) => cause)]) void error.stack

const nested = make((i) => ({
  id: 7000 + i,
  state: ['open', 'paid', 'sent', 'back'][i % 4],
  total: 19.5 + i,
  customer: { id: 300 + i, name: `Customer ${i}`, country: ['DE', 'US', 'JP', 'BR'][i % 4], isNew: i % 2 === 0 },
  lines: i + 1,
}))
/** Two levels, eight keys with a value of their own. */
export const nestedOf = (i) => nested[i & mask]

const deep = make((i) => ({
  id: `shipment-${1000 + i}`,
  route: {
    from: { code: 'HAM', country: 'DE', position: { lat: 53.55, lon: 9.99 } },
    to: { code: 'NYC', country: 'US', position: { lat: 40.71, lon: -74.0 } },
    legs: Array.from({ length: 5 }, (_, leg) => ({
      vessel: `MS Example ${leg}`,
      voyage: `V${i}${leg}`,
      isDelayed: leg === 2,
      stops: [
        { port: 'RTM', hours: 12 + leg, cargo: { loaded: 40 + i, unloaded: null } },
        { port: 'ANR', hours: 7.5, cargo: { loaded: 0, unloaded: 12 } },
      ],
    })),
  },
  parcels: Array.from({ length: 7 }, (_, parcel) => ({
    sku: `SKU-${parcel}-${i}`,
    count: parcel + 1,
    price: { amount: 9.5 * (parcel + 1), currency: 'EUR' },
    tags: ['fragile', 'gift', 'insured'].slice(0, 1 + (parcel % 3)),
  })),
  customs: {
    declared: true,
    checks: { documents: { invoice: 'ok', origin: 'ok', permit: null }, officer: 'R. Example' },
  },
}))
/** Six levels of objects and arrays, 2 KB of JSON. */
export const deepOf = (i) => deep[i & mask]

const flat = (text) => Buffer.from(text).toString() // in one piece, see `textsOf`
const nonAscii = make((i) =>
  flat(`Grüße aus 東京 №${i % 10} – ½ l Öl für 3 €, naïve Pläne, Ångström, 北京, ñandú, žluťoučký kůň`.slice(0, 60)),
)
/** 60 characters of one to three bytes, most of them beyond Latin-1 or within it, a few ASCII. */
export const nonAsciiOf = (i) => nonAscii[i & mask]

// Texts as an application has them: constants, read from bytes, cut out of others, put together, beyond Latin-1. V8 has a kind
// of string for each, and most that is learnt of one kind is of no use for another.
const anyTexts = Array.from({ length: 320 }, (_, i) => {
  const text = flat(`customer ${i} of ${7_919 * i}`)
  return [() => text, () => `${text}, at noon`.slice(1, -1), () => `north-${text}`, () => flat(`Grüße €${i}`)][i % 4]()
})
/** 10 to 30 characters, of another kind each time. */
export const anyTextOf = (i) => (i % 5 === 0 ? 'a constant' : anyTexts[i % anyTexts.length])

const escapes = make((i) => flat(`{"path":"C:\\temp\\${i}",\n\t"say":"\u0001"\u001b[0m""}\r\n`.repeat(3)))
/** About 120 characters, more than a third of them to be escaped. */
export const escapesOf = (i) => escapes[i & mask]

// Under names that every logger here hides, and the same line under names that none does. The hidden values are as
// long as what stands for them, so that both lines have the same length.
const payments = make((i) => ({
  card: { last4: String(4000 + i), cvc: `${1_000_000_000 + i}` },
  user: { id: 300 + i, password: `hunter-${100 + i}` },
  session: { token: `tok-${100_000 + i}`, ip: '192.0.2.7' },
}))
const openPayments = payments.map(({ card, user, session }) => ({
  card: { last4: card.last4, exp: card.cvc },
  user: { id: user.id, nickname: user.password },
  session: { agent: session.token, ip: session.ip },
}))
export const paymentOf = (i) => payments[i & mask]
export const openPaymentOf = (i) => openPayments[i & mask]
/** What both are told to hide of an open payment: two paths and a key. pino's wildcard is one level. */
export const openPaymentPaths = ['card.exp', 'user.nickname']
export const openPaymentKey = 'agent'
/** What pino must be told to hide of a payment. Its wildcard is one level; it has none for any depth. */
export const paymentSecrets = ['card.cvc', 'user.password', '*.token']
const hidden = '[Redacted]'
export const redactedOpenPaymentOf = (i) => {
  const { card, user, session } = openPaymentOf(i)
  return {
    card: { ...card, exp: hidden },
    user: { ...user, nickname: hidden },
    session: { ...session, agent: hidden },
  }
}
export const redactedPaymentOf = (i) => {
  const { card, user, session } = paymentOf(i)
  return {
    card: { ...card, cvc: hidden },
    user: { ...user, password: hidden },
    session: { ...session, token: hidden },
  }
}

/** What pino's own benchmarks log: its package.json, and that seven times within itself. */
export const pinoManifest = () => requirePeer('pino/package.json')
export const pinoManifestNested = (levels = 7) =>
  levels === 1 ? { ...pinoManifest() } : { ...pinoManifest(), deep: pinoManifestNested(levels - 1) }
/** 2,000 random bytes read as UTF-8, the same in every run: a third of it is U+FFFD, with control characters. */
export function randomText() {
  let state = 42
  const bytes = Buffer.alloc(2000)
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes.toString()
}

/** Makes `(i) => an object of `fieldCount` fields`. From JSON, so that V8 lays them out as it does a literal's. */
export function objectsOf(fieldCount) {
  const values = [(i) => `value ${i}`, (i) => i * 31, (i) => i % 2 === 0, (i) => i + 0.5]
  const objects = make((i) => {
    const fields = Array.from({ length: fieldCount }, (_, field) => [`field${field}`, values[field % 4](i + field)])
    return JSON.parse(JSON.stringify(Object.fromEntries(fields)))
  })
  return (i) => objects[i & mask]
}
