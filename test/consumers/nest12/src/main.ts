import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { NestLogger } from 'wideline/nestjs'
import { AppModule } from './app.js'

const app = await NestFactory.create(AppModule, { bufferLogs: true })
app.useLogger(app.get(NestLogger))
await app.listen(0)
const answer = await fetch(`${await app.getUrl()}/orders/7/pay`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ amount: 99.5, card: '4242424242424242' }),
})
if (answer.status !== 201) throw new Error(`status ${answer.status}`)
await app.close()
