import type { Logger } from 'wideline'

/** Code under test: it logs what it does. */
export class Checkout {
  constructor(private readonly log: Logger) {}

  async pay(orderId: number, amount: number): Promise<boolean> {
    const log = this.log.child({ orderId })
    if (amount > 1000) {
      log.warn('amount over the limit', { amount })
      return false
    }
    await Promise.resolve()
    log.info('order paid', { amount, method: { kind: 'card', last4: '4242' } })
    return true
  }
}
