import { Controller, Get, UseGuards } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import {
  type ClientOptions,
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  Transport,
} from '@nestjs/microservices'
import { lastValueFrom } from 'rxjs'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import request from 'supertest'
import { LoggerModule, NestLogger } from 'wideline/nestjs'
import { describe, expect, it } from 'vitest'
import { Lines } from '../lines.js'
import { rootOf } from '../support.js'
import { freePort } from './servers.js'

const refusing = { canActivate: (): boolean => false }

@Controller()
class BothController {
  @Get('fine')
  @MessagePattern('fine')
  fine(): string {
    return 'fine'
  }

  @Get('throws')
  @MessagePattern('throws')
  throws(): never {
    throw new Error('boom')
  }

  @Get('guarded')
  @MessagePattern('guarded')
  @UseGuards(refusing)
  guarded(): string {
    return 'never'
  }
}

const OF_MESSAGES = ['fine completed', 'throws failed', 'guarded failed']
const OF_BOTH = [
  '/fine completed',
  'fine completed',
  '/throws failed',
  'throws failed',
  '/guarded completed',
  'guarded failed',
]

const adapters = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() }

describe.each(['express', 'fastify'] as const)('a method that serves a route and a message on %s', (adapter) => {
  it.each([
    { name: 'has one line for each', requests: {}, want: OF_BOTH },
    { name: 'has one line for each without context', requests: { context: false }, want: OF_BOTH },
    { name: 'has one for each message where requests have none', requests: false as const, want: OF_MESSAGES },
  ])('$name', async ({ requests, want }) => {
    const lines = new Lines()
    const imports = [LoggerModule.forRoot({ outputs: [lines], requests })]
    const root = rootOf({ imports, controllers: [BothController] })
    const app = await NestFactory.create(root, adapters[adapter](), { bufferLogs: true })
    app.useLogger(app.get(NestLogger))
    const options: MicroserviceOptions = {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: await freePort() },
    }
    app.connectMicroservice<MicroserviceOptions>(options)
    await app.startAllMicroservices()
    await app.listen(0, '127.0.0.1')
    const client = ClientProxyFactory.create(options as ClientOptions)
    for (const name of ['fine', 'throws', 'guarded']) {
      await request(app.getHttpServer()).get(`/${name}`)
      await lastValueFrom(client.send(name, {})).catch(() => undefined)
    }
    await client.close()
    await app.close()
    expect(lines.wide.map((line) => `${String(line['route'] ?? line['unit'])} ${String(line['outcome'])}`)).toEqual(
      want,
    )
  })
})
