/* oxlint-disable vitest/no-standalone-expect -- holdRows() makes a test of each case */
import {
  ConsoleLogger,
  Controller,
  Get,
  Inject,
  Injectable,
  Logger as NestCommonLogger,
  Module,
  Param,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { createLogger, file, json, type Logger, type LoggerOptions, memory, pretty, split } from 'wideline'
import {
  type ContextLogger,
  currentLog,
  getLoggerToken,
  InjectLogger,
  LOGGER,
  LoggerModule,
  type LoggerModuleOptions,
  LogLevel,
  NestLogger,
  QuietRoute,
} from 'wideline/nestjs'
import { afterAll, expect, it, vi } from 'vitest'
import { type Case, holdRows } from '../examples/migration.js'
import { difference, linesOf, shownDifference } from '../examples/migration-samples.js'
import type { Line } from './lines.js'
import { rootOf, type RunningApp, serve } from './support.js'

// The second columns of the pages on coming from Nest's loggers, on one application.

@Injectable()
class OrdersService {
  readonly nest = new NestCommonLogger('Nest')

  constructor(
    @InjectLogger() private readonly log: ContextLogger,
    @InjectLogger('shop.audit') private readonly audit: ContextLogger,
    @Inject(LOGGER) private readonly root: Logger,
    private readonly nestLogger: NestLogger,
  ) {}

  find(orderId: string): string {
    this.log.set({ orderId, tenant: 'acme' })
    currentLog()?.set({ viaCurrentLog: true })
    this.log.info({ orderId }, 'fields first')
    this.log.info('message first', { orderId })
    this.audit.warn('by name')
    this.log.getLogger('shop.db').info('by its own name')
    this.log.child({ part: 'x' }).info('of a child')
    this.root.info('of the root')
    this.nestLogger.log('of the injected NestLogger')
    this.nest.log('text')
    this.nest.log('with fields', { orderId })
    this.nest.error('with a stack', new Error('socket closed').stack)
    this.nest.error(new TypeError('an error', { cause: new Error('why') }))
    this.nest.verbose('verbose')
    this.nest.fatal('fatal')
    if (orderId === 'broken') throw new Error('boom')
    return orderId
  }
}

@Controller('orders')
class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get('health') @QuietRoute() health(): void {}
  @Get('poll') @LogLevel('warn') poll(): void {}
  @Get(':id') show(@Param('id') id: string): string {
    return this.orders.find(id)
  }
}

@Module({ imports: [LoggerModule.forFeature('shop')], controllers: [OrdersController], providers: [OrdersService] })
class OrdersModule {}

const running: RunningApp[] = []
afterAll(() => Promise.all(running.map(({ app }) => app.close())))

async function start(options: LoggerModuleOptions = {}): Promise<RunningApp> {
  const shop = await serve({ imports: [OrdersModule], options: { level: 'trace', ...options } })
  running.push(shop)
  return shop
}

const shop = await start()
const { line: wide, others } = await shop.wide('/orders/7')
const { line: failed, others: besideFailed } = await shop.wide('/orders/broken')

/** A line of the request, by its message. */
function line(msg: string): Line {
  const found = others.find((each) => each['msg'] === msg)
  if (found === undefined) throw new Error(`no line "${msg}"`)
  return found
}

/** The line of a request by these options matches. */
function wideWith(requests: LoggerModuleOptions['requests'], wanted: object, path = '/orders/7'): Case {
  return async () => {
    const app = await start({ requests: requests as object })
    const { line: found } = await app.wide(path, { headers: { 'x-client': 'app' } })
    expect(found).toMatchObject(wanted)
  }
}

/** A request by these options has no line. */
function quiet(requests: LoggerModuleOptions['requests'], path: string): Case {
  return async () => {
    const app = await start({ requests: requests as object })
    await app.ask(path)
    await app.wide('/orders/7')
    expect(app.lines.wide.map(({ url }) => url)).toEqual(['/orders/7'])
  }
}

/** The text of a logger by these options. */
function text(options: LoggerOptions, encoder = json()): string {
  const output = memory()
  const log = createLogger({ ...options, outputs: [{ output, encoder }] })
  log.info('found', { orderId: 7, user: { pin: '1234' } })
  log.getLogger('app.db').debug('quiet')
  return output.lines.join('\n')
}

const matches =
  (of: () => unknown, wanted: object): Case =>
  () => {
    expect(of()).toMatchObject(wanted)
  }

const started: Case = () => {
  expect(shop.lines.all.map(({ msg }) => msg)).toContain('Nest application successfully started')
}

const noSecondLine: Case = () => {
  expect(failed).toMatchObject({ level: 'error', error: { message: 'boom' } })
  expect(besideFailed.filter(({ msg }) => String(msg).includes('boom'))).toEqual([])
}

const injected = matches(() => line('fields first'), { logger: 'shop.OrdersService', orderId: '7' })

const ofTheRoot: Case = () => {
  expect(shop.lines.all.map(({ msg }) => msg)).toContain('of the root')
}

const asynchronous: Case = async () => {
  const output = memory()
  const made = LoggerModule.forRootAsync({ useFactory: () => ({ outputs: [output], fields: { made: true } }) })
  const app = await NestFactory.createApplicationContext(rootOf({ imports: [made] }), { logger: false })
  app.get<Logger>(LOGGER).info('x')
  await app.close()
  expect(output.lines[0]).toContain('"msg":"x","made":true')
}

holdRows('migrate-nestjs-pino.md', {
  'API and options': {
    rows: {
      'LoggerModule.forRoot({ pinoHttp: { level } })': matches(() => line('verbose'), { level: 'trace' }),
      'LoggerModule.forRootAsync({ inject, useFactory })': asynchronous,
      'app.useLogger(app.get(Logger))': started,
      '@InjectPinoLogger(Service.name) log: PinoLogger': injected,
      'log: PinoLogger without a decorator': injected,
      'log: Logger, injected': () => {
        expect(shop.app.get(NestLogger, { strict: false })).toBeInstanceOf(NestLogger)
        expect(shop.lines.all.map(({ msg }) => msg)).toContain('of the injected NestLogger')
      },
      "log.info({ msg: 'found' })": () => {
        const output = memory()
        createLogger({ outputs: [output] }).info({ msg: 'found' })
        expect(output.parsed()[0]).toMatchObject({ _msg: 'found' })
      },
      'getLoggerToken(name)': () => {
        expect(shop.app.get(getLoggerToken('OrdersService'), { strict: false })).toHaveProperty(
          'name',
          'shop.OrdersService',
        )
      },
      'log.assign({ … })': matches(() => wide, { orderId: '7', tenant: 'acme' }),
      'assignResponse: true': matches(() => wide, { tenant: 'acme', status: 200 }),
      "log.info({ orderId }, 'found')": matches(
        () => [line('fields first'), line('message first')],
        [{ orderId: '7' }, { orderId: '7' }],
      ),
      "log.setContext('name')": matches(
        () => [line('fields first'), line('by its own name')],
        [{ logger: 'shop.OrdersService' }, { logger: 'shop.db' }],
      ),
      "renameContext: 'logger'": () => {
        expect(text({ name: 'Orders' }, json({ keys: { logger: 'context' } }))).toContain('"context":"Orders"')
      },
      "new Logger('Name') of Nest": matches(() => line('text'), { logger: 'Nest' }),
      LoggerErrorInterceptor: noSecondLine,
      'exclude, forRoutes': quiet({}, '/orders/health'),
      'pinoHttp.autoLogging.ignore': quiet({ ignore: ['/orders/1', /^\/assets/] }, '/orders/1'),
      'pinoHttp.genReqId': async () => {
        const app = await start({ requests: { generateId: () => 'made-1' } })
        await app.ask('/orders/7')
        expect(await app.lines.next((each) => 'outcome' in each)).toMatchObject({ requestId: 'made-1' })
      },
      'pinoHttp.customProps': wideWith({ fields: (req) => ({ client: req.headers['x-client'] }) }, { client: 'app' }),
      'pinoHttp.customLogLevel': async (row) => {
        await wideWith({ level: () => 'fatal' }, { level: 'fatal' })(row)
        await wideWith({}, { level: 'warn' }, '/orders/poll')(row)
      },
      'pinoHttp.customSuccessMessage': wideWith({ message: 'done' }, { msg: 'done' }),
      'pinoHttp.customAttributeKeys': wideWith(
        { keys: { durationMs: 'tookMs' } },
        { tookMs: expect.any(Number) as number },
      ),
      'pinoHttp.redact': () => {
        expect(text({ redact: ['user.pin'] })).toContain('"user":{"pin":"[Redacted]"}')
      },
      'pinoHttp.serializers': () => {
        expect(text({ serializers: { user: () => 'a user' } })).toContain('"user":"a user"')
      },
      'the keys req, res, responseTime': async () => {
        const app = await start({ requests: { preset: 'pino-http' } })
        await app.ask('/orders/7')
        const found = await app.lines.next((each) => each['msg'] === 'request completed')
        expect(found).toMatchObject({
          req: { url: '/orders/7' },
          res: { statusCode: 200 },
          responseTime: expect.any(Number) as number,
        })
      },
      'level: 30, time in milliseconds': () => {
        expect(text({}, json({ preset: 'pino' }))).toMatch(/^\{"level":30,"time":\d{13},/)
      },
      "pinoHttp.transport: { target: 'pino-pretty' }": () => {
        expect(text({}, pretty())).toMatch(/INFO.*found/)
      },
      'pinoHttp.stream': () => {
        expect(shop.lines.all.length).toBeGreaterThan(0)
      },
      'pinoHttp: { logger }': async () => {
        const output = memory()
        const logger = createLogger({ outputs: [output] })
        new NestLogger(logger).log('before', 'Boot')
        const app = await serve({ imports: [OrdersModule], options: { logger } })
        running.push(app)
        expect(app.app.get(LOGGER)).toBe(logger)
        expect(output.lines[0]).toContain('"msg":"before"')
      },
      'useExisting: true': started,
      'PinoLogger.root': ofTheRoot,
      'Store, storage': matches(() => wide, { viaCurrentLog: true }),
    },
  },
})

holdRows('migrate-nest-winston.md', {
  'API and options': {
    rows: {
      'WinstonModule.forRoot({ transports })': started,
      'WinstonModule.forRootAsync(…)': asynchronous,
      'app.useLogger(app.get(WINSTON_MODULE_NEST_PROVIDER))': matches(
        () => [line('fatal'), line('with fields')],
        [{ level: 'fatal' }, { orderId: '7', logger: 'Nest' }],
      ),
      '@Inject(WINSTON_MODULE_PROVIDER) log: winston.Logger': (row) => {
        void injected(row)
        void ofTheRoot(row)
      },
      'WinstonModule.createLogger({ instance })': () => {
        const output = memory()
        new NestLogger(createLogger({ outputs: [output] })).log('before', 'Boot')
        expect(output.lines[0]).toContain('"msg":"before"')
      },
      "log.log('info', 'found', { orderId })": matches(() => line('message first'), { orderId: '7' }),
      "logger.log({ message: 'found', orderId }) of Nest's Logger": () => {
        const output = memory()
        const encoder = json({ keys: { message: 'message' } })
        const nest = new NestLogger(createLogger({ outputs: [{ output, encoder }] }))
        nest.log({ message: 'among fields', orderId: 7 }, 'Shop')
        nest.log('found', { orderId: 7 }, 'Shop')
        expect(output.lines.map((each) => JSON.parse(each) as object)).toMatchObject([
          { _message: 'among fields', orderId: 7, logger: 'Shop' },
          { message: 'found', orderId: 7, logger: 'Shop' },
        ])
      },
      'log.child({ … })': matches(() => line('of a child'), { part: 'x' }),
      defaultMeta: () => {
        expect(text({ fields: { service: 'shop' } })).toContain('"service":"shop"')
      },
      'format.combine(timestamp(), json())': () => {
        expect(text({})).toMatch(/^\{"level":"info","time":"\d{4}-/)
      },
      'utilities.format.nestLike()': () => {
        expect(text({}, pretty())).toMatch(/INFO.*found/)
      },
      'new transports.File({ filename, level, maxsize })': () => {
        const log = createLogger({ outputs: [memory(), { output: memory(), level: 'error' }] })
        log.info('x')
        expect(log.stats().outputs.map(({ filtered }) => filtered)).toEqual([0, 1])
        expect(() => file('app.log', { rotate: { maxBytes: 1 } })).toThrow('file.rotate.maxBytes')
      },
      "log.level = 'debug'": () => {
        const output = memory()
        const log = createLogger({ outputs: [output] })
        log.level = 'debug'
        log.child({}).debug('x')
        expect(output.lines).toHaveLength(1)
      },
      "logger.setContext('Name')": matches(() => line('text'), { logger: 'Nest' }),
      "a request logger of one's own": matches(() => wide, { outcome: 'completed' }),
    },
  },
})

holdRows('migrate-nestjs.md', {
  'API and options': {
    rows: {
      "new Logger('Name').log('text')": matches(() => line('text'), { level: 'info', logger: 'Nest' }),
      "log.log('text', { orderId })": matches(() => line('with fields'), { orderId: '7' }),
      "log.error('text', stack)": matches(() => line('with a stack'), {
        level: 'error',
        error: { message: 'socket closed', stack: expect.stringContaining('at ') as string },
      }),
      'log.error(error)': matches(() => line('an error'), { error: { type: 'TypeError', cause: { message: 'why' } } }),
      "log.verbose('text')": matches(() => line('verbose'), { level: 'trace' }),
      "log.fatal('text')": matches(() => line('fatal'), { level: 'fatal' }),
      'new ConsoleLogger({ json: true })': () => {
        expect(new ConsoleLogger({ json: true })).toHaveProperty('log')
        expect(() => JSON.parse(shop.lines.text.split('\n')[0]) as unknown).not.toThrow()
      },
      "logLevels: ['warn', 'error']": () => {
        expect(text({ level: 'warn' })).toBe('')
        const logger = createLogger({ outputs: [memory()] })
        new NestLogger(logger).setLogLevels(['error'])
        expect(logger.level).toBe('error')
      },
      NEST_LOG_LEVEL: () => {
        const output = memory()
        vi.stubEnv('NEST_LOG_LEVEL', 'error')
        const log = new NestLogger(createLogger({ outputs: [output] }))
        log.warn('off')
        log.error('on')
        vi.unstubAllEnvs()
        expect(output.lines.map((each) => each.includes('"on"'))).toEqual([true])
        vi.stubEnv('WIDELINE_LEVEL', 'info,app.db=debug')
        expect(text({})).toContain('quiet')
        vi.unstubAllEnvs()
      },
      'errors on standard error': () => {
        const [low, high] = [memory(), memory()]
        const log = createLogger({ outputs: [split({ trace: low, error: high })] })
        new NestLogger(log).log('low')
        new NestLogger(log).error('high')
        expect([low.lines.length, high.lines.length]).toEqual([1, 1])
      },
      prefix: () => {
        expect(text({ fields: { service: 'shop' } })).toContain('"service":"shop"')
      },
      context: () => {
        expect(text({ name: 'Orders' }, json({ keys: { logger: 'context' } }))).toContain('"context":"Orders"')
      },
      'timestamp: true': matches(() => line('text'), { time: expect.stringMatching(/^\d{4}-/) as string }),
      'colors: false': () => {
        expect(shop.lines.text).not.toContain('\u001B')
      },
      'bufferLogs: true': started,
      'logger: false': () => {
        expect(text({ level: 'silent' })).toBe('')
      },
      'Logger.overrideLogger(logger)': started,
      'app.flushLogs()': started,
    },
  },
})

it.each(['nestjs-pino', 'nest-winston', 'nestjs'])(
  'the sample of %s logs the same before and after, but for what the page shows',
  async (name) => {
    const made = difference(await linesOf(name, 'before'), await linesOf(name, 'after'))
    expect(shownDifference(`migrate-${name}.md`, made)).toBe(made)
  },
  60_000,
)
