import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { LOGGER, LoggerModule } from 'wideline/nestjs'

@Module({
  imports: [LoggerModule.forRoot()],
  providers: [{ provide: 'DB', useFactory: () => Promise.reject(new Error('no database')), inject: [LOGGER] }],
})
class FailingModule {}

void NestFactory.create(FailingModule, { bufferLogs: true })
