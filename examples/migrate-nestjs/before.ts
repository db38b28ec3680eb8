import 'reflect-metadata'
import { ConsoleLogger, Controller, Get, Injectable, Logger, Module, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { visit } from '../migrate-visit.js'

@Injectable()
class OrdersService {
  private readonly log = new Logger(OrdersService.name)

  find(id: string): string {
    this.log.log('looking it up')
    this.log.log({ orderId: Number(id) })
    this.log.debug('not shown')
    this.log.warn('card refused')
    this.log.error('payment failed', new Error('socket closed').stack)
    this.log.fatal('disk full')
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

@Module({ controllers: [OrdersController], providers: [OrdersService] })
class AppModule {}

const logger = new ConsoleLogger({ json: true, logLevels: ['log', 'warn', 'error', 'fatal'] })
const app = await NestFactory.create(AppModule, { logger })
await app.listen(0, '127.0.0.1')
await visit(app.getHttpServer(), ['/orders/42', '/broken'])
await app.close()
