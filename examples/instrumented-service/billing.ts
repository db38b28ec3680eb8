import { float, int, type Logger, string } from 'wideline'
import { LogContext, Logged } from 'wideline/decorators'

export interface Payment {
  readonly id: string
  readonly amount: number
}

/** Talks to the bank. */
@LogContext({ component: 'bank' })
class Bank {
  constructor(private readonly log: Logger) {}

  @Logged({ args: { card: string({ redact: 'last4' }), amount: float() }, result: { paymentId: string.result('id') } })
  async charge(card: string, amount: number): Promise<Payment> {
    await Promise.resolve()
    if (amount > 10_000) throw new RangeError('limit exceeded')
    this.log.trace('charged', { card: card.length })
    return { id: `p-${amount}`, amount }
  }
}

/** Every line of its methods says which component wrote it; calls within calls say their depth and their caller. */
@LogContext({ component: 'billing' })
export class Billing {
  private readonly bank: Bank

  constructor(private readonly log: Logger) {
    this.bank = new Bank(log)
  }

  @Logged({ level: 'info', errorLevel: 'error', args: ['orderId'] })
  async pay(orderId: number, card: string, amount: number): Promise<Payment> {
    const payment = await this.bank.charge(card, amount)
    for (const line of this.lines(2)) this.log.trace(line, { orderId })
    return payment
  }

  /** A generator's call ends where the last of its values is taken. */
  @Logged()
  *lines(count: number): Generator<string> {
    for (let i = 1; i <= count; i++) yield `line ${i}`
  }

  /** Its level is off in production: then a call costs a few nanoseconds, and nothing is allocated. */
  @Logged({ level: 'trace', args: { a: int(), b: int() }, result: true })
  add(a: number, b: number): number {
    return a + b
  }
}
