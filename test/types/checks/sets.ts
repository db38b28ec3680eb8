// Declared sets: what compiles, and what must not. Each `@ts-expect-error` is an error that the compiler must find.
import {
  any,
  bigint,
  bool,
  createLogger,
  duration,
  error,
  fieldKind,
  fields,
  float,
  int,
  string,
  timestamp,
  type ValuesOf,
} from 'wideline'

const log = createLogger()

const Payment = fields({
  orderId: int(),
  amount: float({ unit: 'EUR' }),
  card: string({ redact: 'last4' }),
  at: timestamp(),
  took: duration({ optional: true }),
  paid: bool({ optional: true, description: 'whether it is' }),
  ledger: bigint({ optional: true }),
  err: error({ optional: true }),
  meta: any({ optional: true }),
})
const good = { orderId: 42, amount: 99.5, card: '4111', at: new Date() }

log.info('paid', Payment, good)
log.info('paid', Payment, { ...good, at: 0, took: 12.5, paid: true, ledger: 12n, err: new Error('no'), meta: [1] })
log.info('paid', Payment, { ...good, took: null, paid: undefined })
log.fatal('paid', Payment, good)
log.at('info')?.all(Payment, good).int('more', 1).msg('paid')
log.child(Payment.of(good)).info('paid', { refund: Payment.of(good) })
const values: ValuesOf<typeof Payment> = good
void values

// @ts-expect-error -- a name that is not declared
log.info('paid', Payment, { ...good, oderId: 42 })
// @ts-expect-error -- a value of the wrong kind
log.info('paid', Payment, { ...good, orderId: '42' })
// @ts-expect-error -- a value of the wrong kind
log.info('paid', Payment, { ...good, at: 'today' })
// @ts-expect-error -- a value of the wrong kind
log.info('paid', Payment, { ...good, ledger: 12 })
// @ts-expect-error -- null where it is not optional
log.info('paid', Payment, { ...good, card: null })
// @ts-expect-error -- a value that is missing
log.info('paid', Payment, { orderId: 42, amount: 99.5, card: '4111' })
// @ts-expect-error -- no values at all
log.info('paid', Payment)
// @ts-expect-error -- on a typed line
log.at('info')?.all(Payment, { ...good, oderId: 42 })
// @ts-expect-error -- on a typed line
log.at('info')?.all(Payment, { ...good, amount: 'much' })
// @ts-expect-error -- bound
Payment.of({ ...good, amount: 'much' })
// @ts-expect-error -- a panic
log.panic('paid', Payment, { ...good, oderId: 42 })

// Options.
int({ validate: (value) => value > 0 || 'must be positive', onInvalid: 'throw' })
string({ redact: (text) => text.slice(-2) })
// @ts-expect-error -- an unknown option
int({ redcat: 'mask' })
// @ts-expect-error -- an unknown option beside a known one
int({ key: 'x', redcat: 'mask' })
// @ts-expect-error -- an unknown redaction
string({ redact: 'last5' })
// @ts-expect-error -- an unknown policy
string({ onInvalid: 'ignore' })
// @ts-expect-error -- a validation of another kind of value
int({ validate: (value: string) => value.length > 0 })
// @ts-expect-error -- a conversion to another kind of value
int({ coerce: (value: { cents: string }) => value.cents })
// @ts-expect-error -- what is no field
fields({ orderId: 'int' })
// @ts-expect-error -- a builder that was not called
fields({ orderId: int })

// Conversions and kinds of the application change what a set takes.
interface Money {
  readonly amount: number
  readonly currency: string
}
const money = fieldKind({ name: 'money', base: 'string', coerce: (sum: Money) => `${sum.amount} ${sum.currency}` })
const Order = fields({
  total: money(),
  cents: int({ coerce: (sum: Money) => sum.amount * 100 }),
  tip: money({ optional: true }),
})
log.info('order', Order, { total: { amount: 1, currency: 'EUR' }, cents: { amount: 1, currency: 'EUR' } })
// @ts-expect-error -- a value of the wrong kind
log.info('order', Order, { total: '1 EUR', cents: { amount: 1, currency: 'EUR' } })
// @ts-expect-error -- a value of the wrong kind
log.info('order', Order, { total: { amount: 1, currency: 'EUR' }, cents: 100 })
// @ts-expect-error -- a kind whose values are not of its base
fieldKind({ name: 'money', base: 'int', coerce: (sum: Money) => sum.currency })

// Two sets in one.
const Both = Payment.and(fields({ amount: string(), note: string({ optional: true }) }))
log.info('both', Both, { ...good, amount: '99.50 EUR' })
// @ts-expect-error -- the other set's kind counts
log.info('both', Both, good)

// What is made of it.
Payment.ddl('duckdb', { table: 'events' }).toUpperCase()
Payment.markdown().toUpperCase()
Payment.jsonSchema()
// @ts-expect-error -- an unknown database
Payment.ddl('mysql')
