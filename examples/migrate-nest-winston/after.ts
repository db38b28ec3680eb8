import 'reflect-metadata'
import { Controller, Get, Injectable, Logger, Module, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { file, json } from 'wideline'
import { type ContextLogger, InjectLogger, LoggerModule, NestLogger } from 'wideline/nestjs'
import { visit } from '../migrate-visit.js'

@Injectable()
class OrdersService {
  private readonly nest = new Logger(OrdersService.name)

  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  find(id: string): string {
    this.log.info('looking it up', { orderId: Number(id) })
    this.log.debug('not shown')
    this.log.child({ component: 'orders' }).warn('card refused', { user: { name: 'Ann' } })
    this.nest.log('found')
    return 'found'
  }
}

@Controller()
class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get('orders/:id') show(@Param('id') id: string): string {
    return this.orders.find(id)
  }

  @Get('broken') broken(): never {
    throw new Error('no such table')
  }
}

const output = file(process.argv[2] ?? 'app.log')

@Module({
  imports: [
    LoggerModule.forRoot({
      level: 'info',
      fields: { service: 'shop' },
      // The keys of before; `json()` alone writes `time`, `msg` and `logger`.
      outputs: [{ output, encoder: json({ keys: { time: 'timestamp', message: 'message', logger: 'context' } }) }],
    }),
  ],
  controllers: [OrdersController],
  providers: [OrdersService],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { bufferLogs: true })
app.useLogger(app.get(NestLogger))
await app.listen(0, '127.0.0.1')
app.get(NestLogger).log('serving', 'Shop')
await visit(app.getHttpServer(), ['/orders/42', '/broken'])
await app.close()
