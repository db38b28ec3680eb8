import { Body, Controller, Delete, Get, Param, ParseIntPipe, Post, UseFilters, UseGuards } from '@nestjs/common'
import { int, LogField, LogFields, string } from 'wideline/decorators'
import { QuietRoute, RequestLog } from 'wideline/nestjs'
import { ApiKeyGuard } from './api-key.guard.js'
import { OutOfStockError, OutOfStockFilter } from './out-of-stock.filter.js'
import { OrdersService, type Payment } from './orders.service.js'
import { PayOrder } from './pay-order.dto.js'

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get('report')
  report(): Promise<object> {
    return this.orders.report(12)
  }

  /** Asked every second by whoever watches the shop: no wide line unless it fails. */
  @Get('health')
  @QuietRoute()
  health(): string {
    return 'ok'
  }

  @Delete(':id')
  @UseGuards(ApiKeyGuard)
  cancel(@Param('id', ParseIntPipe) @LogField.int('orderId') id: number): object {
    return { id, state: 'cancelled' }
  }

  @Post(':id/ship')
  @UseFilters(OutOfStockFilter)
  ship(@Param('id', ParseIntPipe) @LogField.int('orderId') id: number): never {
    throw new OutOfStockError(`nothing is left for order ${id}`)
  }

  @Get(':id')
  show(@Param('id', ParseIntPipe) @LogField.int('orderId') id: number): object {
    return this.orders.find(id)
  }

  @Post(':id/pay')
  @LogFields({ orderId: int.param('id'), paymentId: string.result('id') })
  pay(@Param('id', ParseIntPipe) id: number, @Body() payment: PayOrder, @RequestLog() log: RequestLog): Payment {
    log.set({ tenant: 'acme' })
    return this.orders.pay(id, payment.amount)
  }
}
