import 'reflect-metadata'
import { ValidationPipe } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { NestLogger } from 'wideline/nestjs'
import { AppModule } from './app.module'

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { bufferLogs: true })
  app.useLogger(app.get(NestLogger))
  app.useGlobalPipes(new ValidationPipe({ transform: true }))
  app.enableShutdownHooks()
  await app.listen(0)
  await fetch(`${await app.getUrl()}/orders/7/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ amount: 99.5, card: '4242424242424242' }),
  })
  process.kill(process.pid, 'SIGTERM')
}

void main()
