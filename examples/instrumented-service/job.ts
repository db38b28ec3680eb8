import type { Logger } from 'wideline'
import { Billing } from './billing.js'

const card = '4242424242424242'

/** A nightly job: one unit of work, one wide line, and the lines of every method on the way. */
export async function job(log: Logger): Promise<void> {
  const billing = new Billing(log)
  await log.unit('nightly-billing', async (unit) => {
    const payments = [await billing.pay(1, card, 99.5), await billing.pay(2, card, 20)]
    unit.set({ payments: payments.length })
    billing.add(1, 2)
  })
  try {
    await log.unit('late-billing', () => billing.pay(3, card, 20_000))
  } catch {
    // The unit's line has the error.
  }
}
