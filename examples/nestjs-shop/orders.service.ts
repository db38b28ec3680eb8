import { setTimeout } from 'node:timers/promises'
import { Injectable, NotFoundException } from '@nestjs/common'
import { ContextLogger, InjectLogger } from 'wideline/nestjs'

export interface Payment {
  readonly id: string
  readonly orderId: number
}

@Injectable()
export class OrdersService {
  private payments = 0

  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  find(orderId: number): { readonly orderId: number; readonly state: string } {
    if (orderId > 1000) throw new NotFoundException(`no order ${orderId}`)
    return { orderId, state: 'open' }
  }

  pay(orderId: number, amount: number): Payment {
    if (amount > 10_000) throw new Error('gateway timeout', { cause: new Error('socket closed') })
    // This logger is a singleton; inside a request it knows which one.
    this.log.info('order paid', { amount })
    this.payments++
    return { id: `p-${this.payments}`, orderId }
  }

  async report(orders: number): Promise<{ readonly orders: number }> {
    await setTimeout(150)
    this.log.set({ orders })
    return { orders }
  }
}
