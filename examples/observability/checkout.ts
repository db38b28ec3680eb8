import { setTimeout } from 'node:timers/promises'
import { Logged } from 'wideline/decorators'

/** Work that is no request: its unit, and the calls within, are on the timeline. */
export class Checkout {
  @Logged({ level: 'trace' })
  async run(orderId: string): Promise<void> {
    await this.price(orderId)
    await Promise.all([this.reserve(orderId), this.charge(orderId)])
    await this.confirm(orderId)
  }

  @Logged({ level: 'trace' })
  price(_orderId: string): Promise<void> {
    return setTimeout(8)
  }

  @Logged({ level: 'trace' })
  reserve(_orderId: string): Promise<void> {
    return setTimeout(20)
  }

  @Logged({ level: 'trace' })
  async charge(orderId: string): Promise<void> {
    await this.authorize(orderId)
    await setTimeout(10)
  }

  @Logged({ level: 'trace' })
  authorize(_orderId: string): Promise<void> {
    return setTimeout(25)
  }

  @Logged({ level: 'trace' })
  confirm(_orderId: string): Promise<void> {
    return setTimeout(6)
  }
}
