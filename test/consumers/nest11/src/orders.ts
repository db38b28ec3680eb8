import {
  Body,
  CanActivate,
  Controller,
  ExecutionContext,
  Get,
  Injectable,
  Param,
  ParseIntPipe,
  Post,
  UseGuards,
} from '@nestjs/common'
import { IsPositive, IsString, Length } from 'class-validator'
import { int, LogField, LogFields, string } from 'wideline/decorators'
import { ContextLogger, InjectLogger, QuietRoute, RequestLog } from 'wideline/nestjs'

export class PayOrder {
  @LogField.float()
  @IsPositive()
  amount!: number

  @LogField.string({ redact: 'last4' })
  @IsString()
  @Length(12, 19)
  card!: string
}

@Injectable()
export class OrdersService {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  pay(orderId: number, amount: number): { id: string } {
    if (amount > 10_000) throw new Error('gateway timeout', { cause: new Error('socket closed') })
    this.log.info('order paid', { amount })
    this.log.set({ tenant: 'acme' })
    return { id: `p-${orderId}` }
  }
}

@Injectable()
export class NobodyGuard implements CanActivate {
  canActivate(_context: ExecutionContext): boolean {
    return false
  }
}

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get('health')
  @QuietRoute()
  health(): string {
    return 'ok'
  }

  @Get('guarded')
  @UseGuards(NobodyGuard)
  guarded(): void {}

  @Post(':id/pay')
  @LogFields({ orderId: int.param('id'), paymentId: string.result('id') })
  pay(@Param('id', ParseIntPipe) id: number, @Body() payment: PayOrder, @RequestLog() log: RequestLog): { id: string } {
    log.set({ seen: true })
    return this.orders.pay(id, payment.amount)
  }
}
