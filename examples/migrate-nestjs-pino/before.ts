import 'reflect-metadata'
import { Controller, Get, Injectable, Module, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { InjectPinoLogger, Logger, LoggerModule, PinoLogger } from 'nestjs-pino'
import { pino } from 'pino'
import { visit } from '../migrate-visit.js'

const stream = pino.destination({ dest: process.argv[2] ?? 'app.log', sync: true })

@Injectable()
class OrdersService {
  constructor(@InjectPinoLogger(OrdersService.name) private readonly log: PinoLogger) {}

  find(id: string): string {
    this.log.assign({ tenant: 'acme' })
    this.log.info({ orderId: Number(id) }, 'looking it up')
    this.log.debug('not shown')
    this.log.warn({ user: { name: 'Ann', password: 'hunter2' } }, 'card refused')
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
    throw new Error('no such table', { cause: new Error('disk full') })
  }

  @Get('health') health(): void {}
}

@Module({
  imports: [
    LoggerModule.forRoot({
      pinoHttp: {
        stream,
        level: 'info',
        redact: ['user.password'],
        autoLogging: { ignore: (req) => req.url === '/health' },
      },
      assignResponse: true,
    }),
  ],
  controllers: [OrdersController],
  providers: [OrdersService],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { bufferLogs: true })
app.useLogger(app.get(Logger))
await app.listen(0, '127.0.0.1')
app.get(Logger).log('serving', 'Shop')
await visit(app.getHttpServer(), ['/orders/42?token=hush', '/broken', '/health'])
await app.close()
