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

describe.each([true, false])('a method that serves a route and a message, with context: %s', (context) => {
  it('has one line for each', async () => {
    const lines = new Lines()
    const imports = [LoggerModule.forRoot({ outputs: [lines], requests: { context } })]
    const app = await NestFactory.create(rootOf({ imports, controllers: [BothController] }), { bufferLogs: true })
    app.useLogger(app.get(NestLogger))
    const options: MicroserviceOptions = {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: await freePort() },
    }
    app.connectMicroservice<MicroserviceOptions>(options)
    await app.startAllMicroservices()
    await app.init()
    const client = ClientProxyFactory.create(options as ClientOptions)
    for (const name of ['fine', 'throws', 'guarded']) {
      await request(app.getHttpServer()).get(`/${name}`)
      await lastValueFrom(client.send(name, {})).catch(() => undefined)
    }
    await client.close()
    await app.close()
    expect(lines.wide.map((line) => `${String(line['route'] ?? line['unit'])} ${String(line['outcome'])}`)).toEqual([
      '/fine completed',
      'fine completed',
      '/throws failed',
      'throws failed',
      '/guarded completed',
      'guarded failed',
    ])
  })
})
