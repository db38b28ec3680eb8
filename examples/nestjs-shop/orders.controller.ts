import { Body, Controller, Get, Param, ParseIntPipe, Post } from '@nestjs/common'
import { int, LogField, LogFields, string } from 'wideline/decorators'
import { RequestLog } from 'wideline/nestjs'
import { OrdersService, type Payment } from './orders.service.js'
import { PayOrder } from './pay-order.dto.js'

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get('report')
  report(): Promise<object> {
    return this.orders.report(12)
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
