import { any, bigint, bool, duration, error, fieldKind, fields, float, int, string, timestamp } from 'wideline'

interface Money {
  readonly amount: number
  readonly currency: string
}

const money = fieldKind({
  name: 'money',
  base: 'string',
  coerce: ({ amount, currency }: Money) => `${amount} ${currency}`,
})

/** A set with a field of every kind, and with every option that shows in what is made of it. */
export const EveryKind = fields(
  {
    orderId: int({ description: "the order's id | as in the shop" }),
    amount: float({ unit: 'EUR', description: 'what was paid' }),
    status: string(),
    isGift: bool(),
    ledger: bigint(),
    at: timestamp(),
    took: duration(),
    err: error({ optional: true }),
    meta: any({ optional: true }),
    price: money(),
    note: string({ key: 'Note "x"', optional: true }),
    card: string({ redact: 'last4' }),
    user: string({ redact: 'hash' }),
    pin: int({ redact: 'mask' }),
    secretly: string({ redact: 'remove' }),
    email: string({ redact: (text) => text.slice(text.indexOf('@')), optional: true }),
  },
  { name: 'payments', description: "One line for each payment; don't sum the columns." },
)

export const everyValue = {
  orderId: 42,
  amount: 99.5,
  status: 'ok',
  isGift: true,
  ledger: 2n ** 100n,
  at: new Date('2026-11-23T02:52:15.206Z'),
  took: 12.5,
  err: new RangeError('too far'),
  meta: { list: [1, 'two', null] },
  price: { amount: 5, currency: 'EUR' },
  note: 'line\nbreak, "quotes", \u2028 and ünïcode',
  card: '4111111111111234',
  user: 'ada',
  pin: 1234,
  secretly: 'internal',
  email: 'ada@example.org',
}
