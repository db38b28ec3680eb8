import 'reflect-metadata'
import { type DynamicModule, type INestApplication, Module, ValidationPipe } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ScheduleModule } from '@nestjs/schedule'
import { LoggerModule, type LoggerModuleOptions, NestLogger } from 'wideline/nestjs'
import { OrdersController } from './orders.controller.js'
import { OrdersService } from './orders.service.js'
import { StockController } from './stock.controller.js'
import { StockReport } from './stock-report.job.js'

@Module({})
export class ShopModule {
  static with(options: LoggerModuleOptions): DynamicModule {
    return {
      module: ShopModule,
      imports: [LoggerModule.forRoot(options), ScheduleModule.forRoot()],
      controllers: [OrdersController, StockController],
      providers: [OrdersService, StockReport],
    }
  }
}

export async function createShop(options: LoggerModuleOptions = {}): Promise<INestApplication> {
  const app = await NestFactory.create(ShopModule.with(options), { bufferLogs: true })
  app.useLogger(app.get(NestLogger))
  app.useGlobalPipes(new ValidationPipe({ transform: true }))
  return app
}
