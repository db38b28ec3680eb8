import { Injectable, Module } from '@nestjs/common'
import { LoggerModule, type LoggerModuleOptions } from 'wideline/nestjs'
import { OrdersController, OrdersService } from './orders'

@Injectable()
export class Config {
  logging(): LoggerModuleOptions {
    return { name: 'shop', level: 'info' }
  }
}

@Module({ providers: [Config], exports: [Config] })
export class ConfigModule {}

@Module({
  imports: [
    LoggerModule.forRootAsync({
      imports: [ConfigModule],
      inject: [Config],
      useFactory: (config: Config) => config.logging(),
    }),
  ],
  controllers: [OrdersController],
  providers: [OrdersService],
})
export class AppModule {}
