import {
  type CallHandler,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import {
  type ClientProxy,
  ClientProxyFactory,
  type ClientOptions,
  EventPattern,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  RpcException,
  Transport,
} from '@nestjs/microservices'
import { IsPositive } from 'class-validator'
import { lastValueFrom, mergeMap, type Observable, of, throwError, timer } from 'rxjs'
import { float, LogField, LogFields } from 'wideline/decorators'
import {
  type ContextLogger,
  currentLog,
  InjectLogger,
  LoggerModule,
  LogLevel,
  NestLogger,
  QuietRoute,
  RequestLog,
} from 'wideline/nestjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Line, Lines } from '../lines.js'
import { rootOf } from '../support.js'
import { freePort, isInstalled, startBroker, type TestBroker, unitBrief } from './servers.js'

class PayOrder {
  @LogField.float() @IsPositive() amount!: number
}

const refusing = { canActivate: (): boolean => false }
const throwing = {
  canActivate: (): never => {
    throw new RpcException('not yours')
  },
}
const breaking = {
  intercept: (_context: ExecutionContext, next: CallHandler): Observable<unknown> =>
    next.handle().pipe(mergeMap(() => throwError(() => new Error('in an interceptor')))),
}

/** Sees its unit, and writes in it. */
@Injectable()
class TenantGuard {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  canActivate(): boolean {
    this.log.info('guarding')
    this.log.set({ guardedBy: 'TenantGuard' })
    return true
  }
}

class TenantError extends Error {}

@Catch(TenantError)
class TenantFilter implements ExceptionFilter {
  catch(): Observable<string> {
    return of('filtered')
  }
}

@Injectable({ scope: Scope.REQUEST })
class Scoped {
  readonly log = currentLog()
}

@Controller()
class OrdersController {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  @MessagePattern('orders.pay')
  @LogFields({ paid: float.body('amount') })
  async pay(@Payload() order: { amount: number }, @RequestLog() log: RequestLog): Promise<string> {
    this.log.info('paying')
    await Promise.resolve()
    this.log.set({ tenant: 'acme' })
    log.set({ byParameter: true })
    return `paid ${order.amount}`
  }

  @MessagePattern({ cmd: 'stream' }) stream(): Observable<number> {
    return timer(0, 1).pipe(mergeMap((n) => (n < 3 ? of(n) : throwError(() => new Error('broke in the middle')))))
  }

  @MessagePattern('throws') throws(): never {
    throw new Error('boom', { cause: new Error('why') })
  }
  @MessagePattern('throws.text') throwsText(): never {
    // oxlint-disable-next-line typescript/only-throw-error -- that is the point
    throw 'no error'
  }
  @MessagePattern('rpc.exception') rpcException(): never {
    throw new RpcException('known')
  }
  @MessagePattern(['let.in', 'let.in.too']) @UseGuards(TenantGuard) letIn(): string {
    return 'in'
  }
  @EventPattern('twice') first(@Payload() _order: object): void {
    this.log.set({ first: true })
  }
  @EventPattern('twice') second(@Payload() _order: object): void {
    throw new Error('second')
  }
  @MessagePattern('guarded') @UseGuards(refusing) guarded(): void {}
  @MessagePattern('guard.throws') @UseGuards(throwing) guardThrows(): void {}
  @MessagePattern('intercepted') @UseInterceptors(breaking) intercepted(): string {
    return 'never'
  }
  @MessagePattern('validated') @UsePipes(new ValidationPipe({ transform: true })) validated(
    @Payload() order: PayOrder,
  ): number {
    return order.amount
  }
  @MessagePattern('filtered') @UseFilters(TenantFilter) filtered(): never {
    throw new TenantError('no tenant')
  }
  @MessagePattern('quiet') @QuietRoute() quiet(): string {
    return 'quiet'
  }
  @MessagePattern('low') @LogLevel('debug') low(): string {
    return 'low'
  }
  @EventPattern('order.created') created(@Payload() order: { id: number }): void {
    this.log.set({ orderId: order.id })
  }
}

@Controller()
class ScopedController {
  constructor(private readonly scoped: Scoped) {}

  @MessagePattern('scoped') show(): string {
    currentLog()?.set({ isScoped: this.scoped instanceof Scoped })
    return 'scoped'
  }
}

interface Service {
  readonly lines: Lines
  readonly client: ClientProxy
  close(): Promise<unknown>
}

const controllers = [OrdersController, ScopedController]

async function start(options: MicroserviceOptions, how: 'alone' | 'hybrid' | 'hybrid, inheriting'): Promise<Service> {
  const lines = new Lines()
  const imports = [LoggerModule.forRoot({ level: 'debug', outputs: [lines] })]
  const root = rootOf({ imports, controllers, providers: [Scoped] })
  let app: { close(): Promise<void> }
  if (how === 'alone') {
    const service = await NestFactory.createMicroservice<MicroserviceOptions>(root, { ...options, bufferLogs: true })
    service.useLogger(service.get(NestLogger))
    await service.listen()
    app = service
  } else {
    const hybrid = await NestFactory.create(root, { bufferLogs: true })
    hybrid.useLogger(hybrid.get(NestLogger))
    hybrid.connectMicroservice<MicroserviceOptions>(options, { inheritAppConfig: how === 'hybrid, inheriting' })
    await hybrid.startAllMicroservices()
    app = hybrid
  }
  const client = ClientProxyFactory.create(options as ClientOptions)
  await client.connect()
  return {
    lines,
    client,
    close: async () => {
      await client.close()
      await app.close()
    },
  }
}

const table = [
  { pattern: 'orders.pay', data: { amount: 9.5 }, want: 'info completed · rpc orders.pay · OrdersController.pay · -' },
  { pattern: 'throws', want: 'error failed · rpc throws · OrdersController.throws · Error: boom <- Error: why' },
  { pattern: 'throws.text', want: 'error failed · rpc throws.text · OrdersController.throwsText · string: no error' },
  {
    pattern: 'rpc.exception',
    want: 'error failed · rpc rpc.exception · OrdersController.rpcException · RpcException: known',
  },
  {
    pattern: 'guarded',
    want: 'error failed · rpc guarded · OrdersController.guarded · RpcException: Forbidden resource',
  },
  {
    pattern: 'guard.throws',
    want: 'error failed · rpc guard.throws · OrdersController.guardThrows · RpcException: not yours',
  },
  {
    pattern: 'intercepted',
    want: 'error failed · rpc intercepted · OrdersController.intercepted · Error: in an interceptor',
  },
  { pattern: 'filtered', want: 'error failed · rpc filtered · OrdersController.filtered · TenantError: no tenant' },
  {
    pattern: { cmd: 'stream' },
    want: 'error failed · rpc {"cmd":"stream"} · OrdersController.stream · Error: broke in the middle',
  },
  { pattern: 'low', want: 'debug completed · rpc low · OrdersController.low · -' },
  { pattern: 'scoped', want: 'info completed · rpc scoped · ScopedController.show · -' },
]

function suite(name: string, boot: () => Promise<Service>, isThere = true): void {
  describe.runIf(isThere)(`over ${name}`, () => {
    let service: Service
    beforeAll(async () => {
      service = await boot()
    })
    afterAll(() => service.close())

    const ask = async (pattern: unknown, data: unknown = {}): Promise<Line> => {
      service.lines.clear()
      await lastValueFrom(service.client.send(pattern, data as object), { defaultValue: undefined }).catch(
        () => undefined,
      )
      return service.lines.next((line) => 'outcome' in line)
    }

    it.each(table)('$want', async ({ pattern, data, want }) => {
      const line = await ask(pattern, data)
      // With a guard's error before the unit: a broker's handler may still be running.
      expect(unitBrief(line)).toBe(want)
      expect(service.lines.wide).toHaveLength(1)
      expect(service.lines.all.filter((each) => each['level'] === 'error' && !('outcome' in each))).toEqual([])
    })

    it('has what handlers set and declare, and lines of injected loggers with the id of the unit', async () => {
      const line = await ask('orders.pay', { amount: 9.5 })
      expect(line).toMatchObject({ tenant: 'acme', byParameter: true, paid: 9.5, durationMs: expect.any(Number) })
      const { unitId } = line
      expect(unitId).toEqual(expect.any(String))
      const paying = service.lines.all.filter((each) => each['msg'] === 'paying')
      expect(paying).toMatchObject([{ logger: 'OrdersController', unitId }])
    })

    it('begins before the guards, which write in it and on its line', async () => {
      const line = await ask('let.in.too')
      expect(unitBrief(line)).toBe('info completed · rpc let.in.too · OrdersController.letIn · -')
      expect(line).toMatchObject({ guardedBy: 'TenantGuard' })
      expect(service.lines.all.filter((each) => each['msg'] === 'guarding')).toMatchObject([{ unitId: line['unitId'] }])
    })

    it('makes a unit for each of the handlers of one event', async () => {
      service.lines.clear()
      await lastValueFrom(service.client.emit('twice', {}), { defaultValue: undefined })
      const lines = await service.lines.untilWide(2)
      expect(lines.map(unitBrief).toSorted()).toEqual([
        'error failed · event twice · OrdersController.second · Error: second',
        'info completed · event twice · OrdersController.first · -',
      ])
    })

    it('names the fields that are not valid, and not their values', async () => {
      const line = await ask('validated', { amount: -7.25 })
      expect(line).toMatchObject({ invalid: ['amount'] })
      expect(JSON.stringify(line)).not.toContain('-7.25')
      expect(await ask('validated', { amount: 3 })).toMatchObject({ amount: 3, outcome: 'completed' })
    })

    it('makes a unit of each event', async () => {
      service.lines.clear()
      await lastValueFrom(service.client.emit('order.created', { id: 7 }), { defaultValue: undefined })
      const line = await service.lines.next((each) => 'outcome' in each)
      expect(unitBrief(line)).toBe('info completed · event order.created · OrdersController.created · -')
      expect(line).toMatchObject({ orderId: 7 })
    })

    it('has no line for a quiet handler', async () => {
      service.lines.clear()
      expect(await lastValueFrom(service.client.send('quiet', {}))).toBe('quiet')
      await ask('low')
      expect(service.lines.wide).toHaveLength(1)
    })

    it('keeps messages at once apart', async () => {
      service.lines.clear()
      const amounts = Array.from({ length: 30 }, (_, i) => i + 1)
      await Promise.all(amounts.map((amount) => lastValueFrom(service.client.send('orders.pay', { amount }))))
      const lines = await service.lines.untilWide(30)
      expect(lines.map((line) => line['paid']).toSorted((a, b) => Number(a) - Number(b))).toEqual(amounts)
      expect(new Set(lines.map((line) => line['unitId'])).size).toBe(30)
    })
  })
}

const tcp = async (): Promise<MicroserviceOptions> => ({
  transport: Transport.TCP,
  options: { host: '127.0.0.1', port: await freePort() },
})
for (const how of ['alone', 'hybrid', 'hybrid, inheriting'] as const)
  suite(`TCP, ${how}`, async () => start(await tcp(), how))

const brokers: TestBroker[] = []
afterAll(() => Promise.all(brokers.map((broker) => broker.stop())))

suite(
  'Redis',
  async () => {
    const broker = await startBroker('redis-server')
    brokers.push(broker)
    return start({ transport: Transport.REDIS, options: { host: '127.0.0.1', port: broker.port } }, 'alone')
  },
  isInstalled('redis-server'),
)
suite(
  'NATS',
  async () => {
    const broker = await startBroker('nats-server')
    brokers.push(broker)
    return start({ transport: Transport.NATS, options: { servers: [`nats://127.0.0.1:${broker.port}`] } }, 'alone')
  },
  isInstalled('nats-server'),
)
