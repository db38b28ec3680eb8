import { Controller, Get, Inject, Injectable, Module, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Test } from '@nestjs/testing'
import { createLogger, Logger, OptionError } from 'wideline'
import {
  type ContextLogger,
  InjectLogger,
  LOGGER,
  LoggerModule,
  type LoggerModuleOptions,
  type LoggerOptionsFactory,
  NestLogger,
} from 'wideline/nestjs'
import { afterEach, describe, expect, it } from 'vitest'
import { Lines, linesOnStdout } from './lines.js'
import { ask, rootOf, serve } from './support.js'

@Injectable()
class OrdersService {
  constructor(
    @InjectLogger() readonly log: ContextLogger,
    @Inject(LOGGER) readonly byToken: Logger,
    readonly byClass: Logger,
  ) {}
}

@Controller('orders')
class OrdersController {
  @Get() list(): number[] {
    return [1]
  }
}

/** Boots a module, asks it once, and returns what it says of that. */
async function runOnce(module: Parameters<typeof NestFactory.create>[0], lines: Lines): Promise<unknown[]> {
  const app = await NestFactory.create(module, { logger: false, abortOnError: false })
  await app.listen(0, '127.0.0.1')
  await ask((app.getHttpServer().address() as { port: number }).port, '/orders')
  await app.close()
  return lines.wide.map(({ logger, route, status }) => ({ logger, route, status }))
}

describe('the options', () => {
  let lines = new Lines()
  const options = (): LoggerModuleOptions => ({ name: 'shop', outputs: [lines] })
  afterEach(() => {
    lines = new Lines()
  })

  @Injectable()
  class Config {
    async load(): Promise<LoggerModuleOptions> {
      await Promise.resolve()
      return options()
    }
  }

  @Module({ providers: [Config], exports: [Config] })
  class ConfigModule {}

  @Injectable()
  class Factory implements LoggerOptionsFactory {
    createLoggerOptions(): LoggerModuleOptions {
      return options()
    }
  }

  @Module({ providers: [Factory], exports: [Factory] })
  class FactoryModule {}

  it.each([
    { name: 'forRoot(options)', module: () => LoggerModule.forRoot(options()) },
    { name: 'forRootAsync({ useFactory })', module: () => LoggerModule.forRootAsync({ useFactory: options }) },
    {
      name: 'forRootAsync({ useFactory, inject, imports })',
      module: () =>
        LoggerModule.forRootAsync({
          imports: [ConfigModule],
          inject: [Config],
          useFactory: (config: Config) => config.load(),
        }),
    },
    { name: 'forRootAsync({ useClass })', module: () => LoggerModule.forRootAsync({ useClass: Factory }) },
    {
      name: 'forRootAsync({ useExisting })',
      module: () => LoggerModule.forRootAsync({ imports: [FactoryModule], useExisting: Factory }),
    },
  ])('of $name reach the logger', async ({ module }) => {
    const root = { module: ConfigModule, imports: [module()], controllers: [OrdersController] }
    expect(await runOnce(root, lines)).toEqual([{ logger: 'shop', route: '/orders', status: 200 }])
  })
})

describe.each([
  { name: 'forRoot()', module: () => LoggerModule.forRoot(), warnings: [] },
  { name: 'forRoot({})', module: () => LoggerModule.forRoot({}), warnings: [] },
  {
    name: 'the bare LoggerModule',
    module: () => LoggerModule,
    warnings: [/without forRoot\(\) by Root: its defaults hold/],
  },
])('$name', ({ module, warnings }) => {
  it('writes wide lines to standard output, as JSON where that is no terminal', async () => {
    const root = rootOf({ imports: [module()], controllers: [OrdersController] })
    const lines = await linesOnStdout(() => runOnce(root, new Lines()))
    expect(lines).toMatchObject([
      ...warnings.map((warning) => ({ level: 'warn', msg: expect.stringMatching(warning) as string })),
      { msg: 'request completed', route: '/orders', status: 200 },
    ])
  })

  it('lets the application inject the loggers', async () => {
    const root = rootOf({ imports: [module()], providers: [OrdersService] })
    const app = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false })
    expect(app.get(OrdersService).byClass).toBeInstanceOf(Logger)
    await app.close()
  })
})

describe('the loggers', () => {
  it('are one instance by token and by class, and the one that was handed in', async () => {
    const lines = new Lines()
    const logger = createLogger({ name: 'shop', outputs: [lines] })
    const app = await serve({ providers: [OrdersService], options: { logger } })
    const service = app.app.get(OrdersService)
    expect(service.byToken).toBe(logger)
    expect(service.byClass).toBe(logger)
    expect(app.app.get(Logger)).toBe(app.app.get(LOGGER))
    service.log.info('by name')
    expect(lines.all.at(-1)).toMatchObject({ logger: 'OrdersService', msg: 'by name' })
    await app.close()
  })

  it('are there for every module unless isGlobal is false', async () => {
    @Module({ providers: [OrdersService] })
    class Feature {}
    const boot = (isGlobal: boolean, feature: Type | object): Promise<unknown> =>
      Test.createTestingModule({
        imports: [LoggerModule.forRoot({ isGlobal, outputs: [new Lines()] }), feature as Type],
      }).compile()
    await expect(boot(true, Feature)).resolves.toBeDefined()
    await expect(boot(false, Feature)).rejects.toThrow(/resolve dependencies of the OrdersService/)
  })
})

describe('a wrong option', () => {
  const outputs = [new Lines()]
  it.each([
    { options: { level: 'loud' }, message: /^level must be 'trace'/ },
    { options: { leval: 'info' }, message: /^leval must be .*did you mean level\?/ },
    { options: { outputs: [] }, message: /^outputs must be/ },
    { options: { outputs, requests: { idHeader: 'x id' } }, message: /^requests\.idHeader must be/ },
    { options: { outputs, requests: { context: 'no' } }, message: /^requests\.context must be true or false/ },
    { options: { outputs, requests: { generateId: 'uuid' } }, message: /^requests\.generateId must be a function/ },
    { options: { outputs, requests: { ignore: [42] } }, message: /^requests\.ignore\[0\] must be a path/ },
    {
      options: { outputs, requests: { ignores: () => true } },
      message: /^requests\.ignores must be .*ignore/,
    },
    { options: { outputs, requests: true }, message: /^requests must be/ },
    { options: { outputs, nestErrorLines: 'yes' }, message: /^nestErrorLines must be true or false/ },
    { options: { logger: console }, message: /^logger must be a Logger made by createLogger\(\)/ },
    { options: { outputs, request: {} }, message: /^request must be one of name, .*, requests, nestErrorLines, got/ },
    { options: { outputs, filter: { level: 'loud' } }, message: /^filter must be (?!.*nestErrorLines)/ },
    ...[{ secrets: ['pin'] }, { level: 'debug' }, { redact: ['pin'] }].map((beside) => ({
      options: { logger: createLogger({ outputs }), ...beside },
      message: /^(?:secrets|level|redact) must be one of requests, nestErrorLines beside a logger/,
    })),
    {
      options: { logger: createLogger({ outputs }), request: {} },
      message: /^request must be .*requests/,
    },
  ])('stops the boot with an OptionError: $message', async ({ options, message }) => {
    const boot = async (): Promise<void> => {
      const root = rootOf({ imports: [LoggerModule.forRoot(options as LoggerModuleOptions)] })
      const app = await NestFactory.create(root, { logger: false, abortOnError: false })
      await app.init()
      await app.close()
    }
    const problem: unknown = await boot().then(
      () => 'booted',
      (error: unknown) => error,
    )
    expect(problem).toBeInstanceOf(OptionError)
    expect((problem as OptionError).message).toMatch(message)
  })
})

describe('without HTTP', () => {
  it('a standalone application has its loggers, and its lines no request', async () => {
    const lines = new Lines()
    const root = rootOf({
      imports: [LoggerModule.forRoot({ outputs: [lines] })],
      providers: [OrdersService],
    })
    const app = await NestFactory.createApplicationContext(root, { bufferLogs: true, abortOnError: false })
    app.useLogger(app.get(NestLogger))
    app.flushLogs()
    app.get(OrdersService).log.info('a job')
    await app.close()
    expect(lines.all[0]).toMatchObject({ logger: 'NestFactory', msg: 'Starting Nest application...' })
    expect(lines.all.at(-1)).toEqual({ level: 'info', time: expect.any(String), logger: 'OrdersService', msg: 'a job' })
  })

  it('a testing module has them too, and writes wide lines as an application does', async () => {
    const lines = new Lines()
    const module = await Test.createTestingModule({
      imports: [LoggerModule.forRoot({ outputs: [lines] })],
      controllers: [OrdersController],
      providers: [OrdersService],
    }).compile()
    module.get(OrdersService).log.info('before there is an application')
    const app = module.createNestApplication({ logger: false })
    await app.listen(0, '127.0.0.1')
    await ask((app.getHttpServer().address() as { port: number }).port, '/orders')
    await app.close()
    expect(lines.all).toMatchObject([
      { logger: 'OrdersService', msg: 'before there is an application' },
      { msg: 'request completed', controller: 'OrdersController' },
    ])
  })
})

describe('options that are none', () => {
  it('are refused by forRoot()', () => {
    expect(() => LoggerModule.forRoot(null as never)).toThrow(new OptionError('forRoot', 'an object', null))
    expect(() => LoggerModule.forRoot(Promise.resolve({}) as never)).toThrow('forRoot must be an object, got a promise')
    expect(() => LoggerModule.forRootAsync(null as never)).toThrow(new OptionError('forRootAsync', 'an object', null))
    expect(() => LoggerModule.forRootAsync({ usefactory: () => ({}) } as never)).toThrow(
      'forRootAsync must be an object with useFactory, useClass or useExisting, got an object',
    )
  })

  it.each([
    [{ useFactory: () => ({}), level: 'debug' }, 'level must be one of useFactory, useClass, useExisting, '],
    [{ useFactory: () => ({}), injekt: [] }, 'injekt must be a known option (did you mean inject?), got "injekt"'],
    [{ useFactory: {} }, 'useFactory must be a function, got an object'],
    [{ useClass: {} }, 'useClass must be a class, got an object'],
    [{ useExisting: 5 }, 'useExisting must be a class or a token, got 5'],
    [{ useFactory: () => ({}), inject: 'CONFIG' }, 'inject must be an array of tokens, got "CONFIG"'],
    [{ useFactory: () => ({}), imports: {} }, 'imports must be an array of modules, got an object'],
    [{ useFactory: () => ({}), isGlobal: 'no' }, 'isGlobal must be true or false, got "no"'],
  ])('are refused by forRootAsync(): %o', (options, message) => {
    expect(() => LoggerModule.forRootAsync(options as never)).toThrow(`forRootAsync.${message}`)
  })

  it.each([
    [{ fields: 'billing' }, 'fields must be an object, got "billing"'],
    [{ fields: [] }, 'fields must be an object, got an empty array'],
  ])('are refused by forFeature(): %o', (options, message) => {
    expect(() => LoggerModule.forFeature('billing', options as never)).toThrow(`forFeature.${message}`)
  })

  it('are refused for the module itself', () => {
    expect(() => LoggerModule.forRoot({ isGlobal: 'no' } as never)).toThrow(
      'forRoot.isGlobal must be true or false, got "no"',
    )
    expect(() => LoggerModule.forRoot(new Map() as never)).toThrow('forRoot must be an object, got a map')
    const guards = [{ canActivate: () => true }]
    expect(() => LoggerModule.levels({ guards, imports: {} } as never)).toThrow(
      'levels.imports must be an array of modules, got an object',
    )
  })

  it('fail the boot where the level of a feature is none', async () => {
    const imports = [LoggerModule.forRoot(), LoggerModule.forFeature('billing', { level: 'loud' as never })]
    const boot = NestFactory.createApplicationContext(rootOf({ imports }), { logger: false, abortOnError: false })
    const levels = 'trace, debug, info, warn, error, fatal, panic, silent'
    await expect(boot).rejects.toThrow(`forFeature.level must be one of ${levels}, got "loud"`)
  })

  it('fail the boot where a factory forgets to give them', async () => {
    const imports = [LoggerModule.forRootAsync({ useFactory: () => undefined as never })]
    const boot = NestFactory.createApplicationContext(rootOf({ imports }), { logger: false, abortOnError: false })
    await expect(boot).rejects.toThrow('forRootAsync.useFactory must be a function that gives options, got undefined')
  })

  it('fail the boot where a factory makes them', async () => {
    const imports = [LoggerModule.forRootAsync({ useFactory: () => null as never })]
    const boot = NestFactory.createApplicationContext(rootOf({ imports }), { logger: false, abortOnError: false })
    await expect(boot).rejects.toThrow(new OptionError('options', 'an object', null))
  })
})
