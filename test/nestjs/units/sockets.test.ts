import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  UseFilters,
  UseGuards,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common'
import { IoAdapter } from '@nestjs/platform-socket.io'
import { WsAdapter } from '@nestjs/platform-ws'
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets'
import { IsPositive } from 'class-validator'
import { io } from 'socket.io-client'
import { from, map, type Observable } from 'rxjs'
import { float, LogField, LogFields } from 'wideline/decorators'
import { type ContextLogger, currentLog, InjectLogger, QuietRoute, RequestLog } from 'wideline/nestjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Line } from '../lines.js'
import { type RunningApp, serve } from '../support.js'
import { unitBrief } from './servers.js'

class Bid {
  @LogField.float() @IsPositive() amount!: number
}

class TenantError extends Error {}

@Catch(TenantError)
class TenantFilter implements ExceptionFilter {
  catch(_error: TenantError, host: ArgumentsHost): void {
    const client = host
      .switchToWs()
      .getClient<{ send?(text: string): void; emit(event: string, data: unknown): void }>()
    client.emit('exception', 'filtered')
  }
}

const refusing = { canActivate: (): boolean => false }

@WebSocketGateway()
class AuctionGateway {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  @SubscribeMessage('bid')
  @LogFields({ amount: float.body('amount') })
  async bid(
    @MessageBody() bid: Bid,
    @ConnectedSocket() client: object,
    @RequestLog() log: RequestLog,
  ): Promise<object> {
    this.log.info('a bid')
    await Promise.resolve()
    this.log.set({ hasClient: typeof client === 'object' })
    log.set({ byParameter: true })
    return { event: 'bid', data: bid.amount }
  }

  @SubscribeMessage('many') many(): Observable<object> {
    return from([1, 2, 3]).pipe(map((data) => ({ event: 'many', data })))
  }
  @SubscribeMessage('throws') throws(): never {
    throw new Error('boom', { cause: new Error('why') })
  }
  @SubscribeMessage('text') text(): never {
    // oxlint-disable-next-line typescript/only-throw-error -- that is the point
    throw 'no error'
  }
  @SubscribeMessage('known') known(): never {
    throw new WsException('known')
  }
  @SubscribeMessage('guarded') @UseGuards(refusing) guarded(): void {}
  @SubscribeMessage('filtered') @UseFilters(TenantFilter) filtered(): never {
    throw new TenantError('no tenant')
  }
  @SubscribeMessage('validated') @UsePipes(new ValidationPipe({ transform: true })) validated(
    @MessageBody() bid: Bid,
  ): object {
    return { event: 'validated', data: bid.amount }
  }
  @SubscribeMessage('parameter') parameter(@MessageBody('lot') @LogField.int('lot') lot: string): object {
    return { event: 'parameter', data: lot }
  }
  @SubscribeMessage('quiet') @QuietRoute() quiet(): object {
    return { event: 'quiet', data: currentLog() !== undefined }
  }
}

@WebSocketGateway()
class FrozenGateway {
  @SubscribeMessage('frozen') frozen(@MessageBody('lot') @LogField.int('lot') lot: string): object {
    return { event: 'frozen', data: lot }
  }
}
Object.freeze(FrozenGateway.prototype)

@Controller('http')
class HttpController {
  @Get() show(): string {
    return 'beside'
  }
}

/** A client that sends, of either library. */
interface Client {
  send(event: string, data: unknown): void
  close(): void
}

async function wsClient(port: number): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`)
  await new Promise((resolve) => socket.once('open', resolve))
  return { send: (event, data) => socket.send(JSON.stringify({ event, data })), close: () => socket.close() }
}

async function ioClient(port: number): Promise<Client> {
  const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'] })
  await new Promise((resolve) => socket.once('connect', () => resolve(undefined)))
  return { send: (event, data) => void socket.emit(event, data), close: () => void socket.close() }
}

describe.each([
  { library: 'ws', adapter: 'express', make: WsAdapter, connect: wsClient },
  { library: 'socket.io', adapter: 'express', make: IoAdapter, connect: ioClient },
  { library: 'ws', adapter: 'fastify', make: WsAdapter, connect: wsClient },
] as const)('a gateway with $library on $adapter', ({ adapter, make, connect }) => {
  let shop: RunningApp
  let client: Client
  beforeAll(async () => {
    shop = await serve({
      adapter,
      providers: [AuctionGateway, FrozenGateway],
      controllers: [HttpController],
      options: { level: 'debug' },
      prepare: (app) => void app.useWebSocketAdapter(new make(app)),
    })
    client = await connect(shop.port)
  })
  afterAll(async () => {
    client.close()
    await shop.app.close()
  })

  const ask = async (event: string, data: unknown = {}): Promise<Line> => {
    shop.lines.clear()
    client.send(event, data)
    return shop.lines.next((line) => 'outcome' in line)
  }

  it.each([
    { event: 'bid', data: { amount: 9.5 }, want: 'info completed · ws bid · AuctionGateway.bid · -' },
    { event: 'many', want: 'info completed · ws many · AuctionGateway.many · -' },
    { event: 'throws', want: 'error failed · ws throws · AuctionGateway.throws · Error: boom <- Error: why' },
    { event: 'text', want: 'error failed · ws text · AuctionGateway.text · string: no error' },
    { event: 'known', want: 'error failed · ws known · AuctionGateway.known · WsException: known' },
    { event: 'guarded', want: 'error failed · ws guarded · AuctionGateway.guarded · WsException: Forbidden resource' },
    { event: 'filtered', want: 'error failed · ws filtered · AuctionGateway.filtered · TenantError: no tenant' },
  ])('makes a unit of $event: $want', async ({ event, data, want }) => {
    expect(unitBrief(await ask(event, data))).toBe(want)
    expect(shop.lines.wide).toHaveLength(1)
    expect(shop.lines.all.filter((line) => line['level'] === 'error' && !('outcome' in line))).toEqual([])
  })

  it('has what handlers set and declare, and lines of injected loggers with the id of the unit', async () => {
    const line = await ask('bid', { amount: 9.5 })
    expect(line).toMatchObject({ amount: 9.5, hasClient: true, byParameter: true })
    expect(shop.lines.all.find(({ msg }) => msg === 'a bid')).toMatchObject({
      logger: 'AuctionGateway',
      unitId: line['unitId'],
    })
  })

  it('has the fields of decorated parameters and of messages whose class declares them, where nothing else does', async () => {
    expect(await ask('parameter', { lot: '7' })).toMatchObject({ outcome: 'completed', lot: 7 })
    expect(await ask('validated', { amount: 9.5 })).toMatchObject({ outcome: 'completed', amount: 9.5 })
  })

  it('whose class is frozen serves as ever, without the fields of its parameters', async () => {
    const line = await ask('frozen', { lot: '7' })
    expect(unitBrief(line)).toBe('info completed · ws frozen · FrozenGateway.frozen · -')
    expect(line).not.toHaveProperty('lot')
  })

  it('names the fields that are not valid, and not their values', async () => {
    const line = await ask('validated', { amount: -7.25 })
    expect(line).toMatchObject({ outcome: 'failed', invalid: ['amount'] })
    expect(JSON.stringify(line)).not.toContain('-7.25')
  })

  it('has no line for a quiet message, and goes on with requests', async () => {
    shop.lines.clear()
    client.send('quiet', {})
    client.send('many', {})
    await shop.lines.next((line) => line['unit'] === 'many')
    expect(shop.lines.wide).toHaveLength(1)
    expect((await shop.wide('/http')).line).toMatchObject({ route: '/http', status: 200 })
  })
})
