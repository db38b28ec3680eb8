import { Controller } from '@nestjs/common'
import { MessagePattern, Payload } from '@nestjs/microservices'
import { int, LogFields, string } from 'wideline/decorators'
import { ContextLogger, InjectLogger } from 'wideline/nestjs'

export interface Reservation {
  readonly sku: string
  readonly count: number
}

/** The shop's microservice: each message is a unit, with a wide line of its own. */
@Controller()
export class StockController {
  private readonly left = new Map([['umbrella', 3]])

  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  @MessagePattern('stock.reserve')
  @LogFields({ sku: string.body('sku'), count: int.body('count') })
  reserve(@Payload() { sku, count }: Reservation): { readonly left: number } {
    const left = (this.left.get(sku) ?? 0) - count
    if (left < 0) throw new Error(`${count} of ${sku} are not there`)
    this.left.set(sku, left)
    this.log.set({ left })
    return { left }
  }
}
