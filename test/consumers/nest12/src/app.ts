import { Body, Controller, Injectable, Module, Param, ParseIntPipe, Post } from '@nestjs/common'
import { int, LogField, LogFields, string } from 'wideline/decorators'
import { ContextLogger, InjectLogger, LoggerModule, RequestLog } from 'wideline/nestjs'

export class PayOrder {
  @LogField.float()
  amount!: number

  @LogField.string({ redact: 'last4' })
  card!: string
}

@Injectable()
export class OrdersService {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  pay(orderId: number, amount: number): { id: string } {
    if (amount > 10_000) throw new Error('gateway timeout', { cause: new Error('socket closed') })
    this.log.info('order paid', { amount })
    return { id: `p-${orderId}` }
  }
}

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post(':id/pay')
  @LogFields({ orderId: int.param('id'), paymentId: string.result('id') })
  pay(@Param('id', ParseIntPipe) id: number, @Body() payment: PayOrder, @RequestLog() log: RequestLog): { id: string } {
    log.set({ seen: true })
    return this.orders.pay(id, payment.amount)
  }
}

@Module({
  imports: [LoggerModule.forRoot({ level: 'info' })],
  controllers: [OrdersController],
  providers: [OrdersService],
})
export class AppModule {}
