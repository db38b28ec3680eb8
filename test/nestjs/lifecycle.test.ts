import { Controller, Get, Injectable, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { file, Logger } from 'wideline'
import { type ContextLogger, InjectLogger, LoggerModule, NestLogger } from 'wideline/nestjs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Line, Lines } from './lines.js'
import { ask, rootOf, serve } from './support.js'

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-nest-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true }))

@Injectable()
class Worker implements OnModuleDestroy, OnApplicationShutdown {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  onModuleDestroy(): void {
    this.log.info('destroyed')
  }

  onApplicationShutdown(): void {
    this.log.info('shut down')
  }
}

@Controller('orders')
class OrdersController {
  @Get() list(): number[] {
    return [1]
  }
}

function linesOf(name: string): Line[] {
  const text = fs.readFileSync(name, 'utf8').trimEnd()
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Line)
}

it('app.close() has written everything when it settles: wide lines, and what others write as they shut down', async () => {
  const name = path.join(folder, 'close.log')
  const root = rootOf({
    imports: [LoggerModule.forRoot({ outputs: [file(name, { buffer: 'block', flushIntervalMs: 60_000 })] })],
    controllers: [OrdersController],
    providers: [Worker],
  })
  const app = await NestFactory.create(root, { logger: false, abortOnError: false })
  await app.listen(0, '127.0.0.1')
  await ask((app.getHttpServer().address() as { port: number }).port, '/orders')
  expect(linesOf(name)).toEqual([])
  await app.close()
  expect(linesOf(name).map((line) => line['msg'])).toEqual(['request completed', 'destroyed', 'shut down'])
})

it('lines after app.close() are still written: another application may share the logger', async () => {
  const shop = await serve({ controllers: [OrdersController] })
  await shop.app.close()
  shop.app.get(NestLogger).log('afterwards', 'Test')
  expect(shop.lines.all.at(-1)).toMatchObject({ logger: 'Test', msg: 'afterwards' })
})

it('app.close() waits for requests under way, whose wide lines are then written', async () => {
  let enter = (): void => undefined
  let leave = (): void => undefined
  const entered = new Promise<void>((resolve) => (enter = resolve))
  const left = new Promise<void>((resolve) => (leave = resolve))
  @Controller('slow')
  class SlowController {
    @Get() async slow(): Promise<string> {
      enter()
      await left
      return 'done'
    }
  }
  const shop = await serve({ controllers: [SlowController] })
  const answer = shop.ask('/slow')
  await entered
  const closed = shop.app.close()
  leave()
  expect((await answer).status).toBe(200)
  await closed
  expect(shop.lines.wide).toMatchObject([{ route: '/slow', status: 200, outcome: 'completed' }])
})

it('a boot that fails has written the lines of the boot', async () => {
  @Injectable()
  class Failing {
    onModuleInit(): void {
      throw new Error('no database')
    }
  }
  const lines = new Lines()
  const root = rootOf({ imports: [LoggerModule.forRoot({ outputs: [lines] })], providers: [Failing] })
  const app = await NestFactory.create(root, { bufferLogs: true, abortOnError: false })
  app.useLogger(app.get(NestLogger))
  await expect(app.init()).rejects.toThrow('no database')
  expect(lines.all[0]).toMatchObject({ logger: 'NestFactory', msg: 'Starting Nest application...' })
})

it('a record is given back for every request, and none is left when the application is closed', async () => {
  const shop = await serve({ controllers: [OrdersController] })
  await Promise.all(Array.from({ length: 20 }, (_, i) => shop.wide(i % 2 === 0 ? '/orders' : '/nope')))
  expect(await shop.close()).toEqual([])
  const { entries, buffers, problems } = shop.app.get(Logger).stats()
  expect({ entries: entries.outstanding, misuses: buffers.misuses, problems }).toEqual({
    entries: 0,
    misuses: 0,
    problems: 0,
  })
})
