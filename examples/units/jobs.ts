import { currentLog, type Logger } from 'wideline'

/** A message of a queue, with the trace of whoever sent it in its headers. */
export interface Message {
  readonly id: string
  readonly headers: { readonly traceparent?: string }
  readonly body: { readonly orderId: number; readonly amount: number }
}

/** Anywhere below a unit: the current log is asked for, not handed down. */
function charge(amount: number): void {
  currentLog()?.debug('asking the bank', { amount })
  if (amount > 10_000) throw new Error('limit exceeded')
  currentLog()?.set({ charged: amount })
}

/** One message of a queue is a unit. It belongs to the trace that its headers tell of. */
export function handle(log: Logger, message: Message): void {
  const { traceparent } = message.headers
  log.unit('order-message', { id: message.id, traceparent, recorder: true }, (unit) => {
    unit.set({ orderId: message.body.orderId })
    charge(message.body.amount)
  })
}

/** A job of the night: its steps are units of their own, in its trace. */
export async function nightlyReport(log: Logger): Promise<void> {
  await log.unit('nightly-report', { slowMs: 60_000 }, async (unit) => {
    const rows = await unit.time('query', () => Promise.resolve([3, 4, 5]))
    for (const shop of ['north', 'south']) {
      await unit.unit('shop-report', { fields: { shop } }, async (part) => {
        part.set({ rows: rows.length })
        await Promise.resolve()
      })
    }
    unit.set({ total: rows.reduce((sum, row) => sum + row, 0) })
  })
}

/** Lines that are written together or not at all. */
export function transfer(log: Logger, amounts: readonly number[]): boolean {
  const held = log.hold({ commitOn: 'error', level: 'debug' })
  for (const amount of amounts) {
    held.debug('booked', { amount })
    if (amount < 0) {
      held.error('refused', { amount })
      return false
    }
  }
  held.discard()
  return true
}
