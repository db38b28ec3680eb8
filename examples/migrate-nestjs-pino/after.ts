import 'reflect-metadata'
import { Controller, Get, Injectable, Module, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { file, json } from 'wideline'
import { type ContextLogger, InjectLogger, LoggerModule, NestLogger } from 'wideline/nestjs'
import { visit } from '../migrate-visit.js'

const output = file(process.argv[2] ?? 'app.log')

@Injectable()
class OrdersService {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  find(id: string): string {
    this.log.set({ tenant: 'acme' })
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
      level: 'info',
      outputs: [{ output, encoder: json({ preset: 'pino' }) }],
      requests: { ignore: '/health' },
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
await visit(app.getHttpServer(), ['/orders/42?token=hush', '/broken', '/health'])
await app.close()
