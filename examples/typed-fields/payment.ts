import { any, bool, duration, fieldKind, fields, float, int, string, timestamp } from 'wideline'

export interface Money {
  readonly amount: number
  readonly currency: string
}

/** A kind of this application: an amount of money is written as text. */
const money = fieldKind({ name: 'money', base: 'string', coerce: (sum: Money) => `${sum.amount} ${sum.currency}` })

/** What is logged of a payment, wherever it is: the compiler checks it, and the table it is stored in is made of it. */
export const Payment = fields(
  {
    orderId: int({ description: 'the order that is paid' }),
    amount: float({ unit: 'EUR', validate: (amount) => amount > 0 || 'must be positive' }),
    card: string({ redact: 'last4', description: 'the card that is charged' }),
    customer: string({ redact: 'hash', description: 'who pays; the same for the same customer' }),
    email: string({ redact: (address) => `…${address.slice(address.lastIndexOf('@'))}`, optional: true }),
    tip: money({ optional: true }),
    isGift: bool({ optional: true }),
    paidAt: timestamp({ optional: true }),
    took: duration({ description: 'from the order to the money', optional: true }),
    gateway: any({ description: 'what the gateway says', optional: true }),
  },
  { name: 'payments', description: 'One line for each payment.' },
)
