import 'reflect-metadata'
import { Controller, Get, Inject, Injectable, Logger, Module, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { WINSTON_MODULE_NEST_PROVIDER, WINSTON_MODULE_PROVIDER, type WinstonLogger, WinstonModule } from 'nest-winston'
import winston from 'winston'
import { visit } from '../migrate-visit.js'

@Injectable()
class OrdersService {
  private readonly nest = new Logger(OrdersService.name)

  constructor(@Inject(WINSTON_MODULE_PROVIDER) private readonly log: winston.Logger) {}

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

@Module({
  imports: [
    WinstonModule.forRoot({
      level: 'info',
      defaultMeta: { service: 'shop' },
      format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
      transports: [new winston.transports.File({ filename: process.argv[2] ?? 'app.log' })],
    }),
  ],
  controllers: [OrdersController],
  providers: [OrdersService],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { bufferLogs: true })
const logger = app.get<WinstonLogger>(WINSTON_MODULE_NEST_PROVIDER)
app.useLogger(logger)
await app.listen(0, '127.0.0.1')
logger.log('serving', 'Shop')
await visit(app.getHttpServer(), ['/orders/42', '/broken'])
await app.close()
