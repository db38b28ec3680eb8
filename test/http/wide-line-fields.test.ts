import express from 'express'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { fields, float, int } from 'wideline'
import { requestErrors, requestLogger, WideLine } from 'wideline/express'
import { problemsOf, type Schema } from '../schema/schema-check.js'
import { TestServer } from './support.js'

const OF_THE_LINE = ['level', 'time', 'msg']

describe('the declaration of a wide line', () => {
  it('names every key that a request writes by itself, and its kind', async () => {
    const server = await TestServer.start((logger) =>
      express()
        .use(requestLogger({ logger, slowMs: 0 }))
        .post('/orders/:id', express.json(), (_req, res) => void res.send('ok'))
        .get('/fails', () => {
          throw new Error('no')
        })
        .use(requestErrors()),
    )
    await request(server.server).post('/orders/7?page=2').set('user-agent', 'test').send({ a: 1 })
    await request(server.server)
      .get('/fails')
      .set('traceparent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`)
    const schema = WideLine.jsonSchema() as Schema
    for (const line of await server.settle(2)) {
      const unknown = Object.keys(line).filter((key) => !OF_THE_LINE.includes(key) && !WideLine.lineKeys.includes(key))
      expect(unknown).toEqual([])
      expect(problemsOf(line, schema)).toEqual([])
    }
  })

  it('makes a table with the fields of the application', () => {
    const ddl = WideLine.and(fields({ orderId: int(), amount: float({ unit: 'EUR' }) })).ddl('duckdb', {
      table: 'events',
    })
    for (const column of [
      '"time" TIMESTAMPTZ',
      '"route" VARCHAR',
      '"error" JSON',
      '"orderId" BIGINT',
      '"amount" DOUBLE',
    ]) {
      expect(ddl).toContain(`  ${column}`)
    }
    expect(ddl).toContain(`COMMENT ON COLUMN "events"."durationMs" IS 'in ms';`)
  })
})
