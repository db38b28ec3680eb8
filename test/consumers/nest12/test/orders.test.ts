import 'reflect-metadata'
import type { INestApplication } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import request from 'supertest'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { captureNestLogs } from 'wideline/nestjs/testing'
import { AppModule } from '../src/app.js'

const logs = captureNestLogs()
let app: INestApplication
beforeAll(async () => {
  const module = await logs.into(Test.createTestingModule({ imports: [AppModule] })).compile()
  app = module.createNestApplication()
  await app.init()
})
beforeEach(() => logs.clear())
afterAll(() => app.close())

it('writes a wide line with controller, handler, route and declared fields', async () => {
  const body = { amount: 99.5, card: '4242424242424242' }
  await request(app.getHttpServer()).post('/orders/7/pay').send(body).expect(201)
  const wide = await logs.wideLine({ route: '/orders/:id/pay' })
  expect(wide).toMatchObject({
    controller: 'OrdersController',
    handler: 'pay',
    orderId: 7,
    paymentId: 'p-7',
    seen: true,
  })
  expect(await logs.line({ logger: 'OrdersService' })).toMatchObject({ msg: 'order paid', requestId: wide.requestId })
  expect(logs.lines.join()).not.toContain(body.card)
})

it('has the real error of a handler', async () => {
  await request(app.getHttpServer()).post('/orders/7/pay').send({ amount: 20_000, card: '4242' }).expect(500)
  const error = { message: 'gateway timeout', cause: { message: 'socket closed' } }
  expect(await logs.wideLine({ status: 500 })).toMatchObject({ error })
})
