import { ConsoleLogger, Controller, Get, Injectable, Logger as NestCommonLogger, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { createLogger, Logger } from 'wideline'
import { LOGGER, LoggerModule, NestLogger } from 'wideline/nestjs'
import { afterEach, describe, expect, it } from 'vitest'
import { Lines } from './lines.js'
import { rootOf } from './support.js'

@Controller('orders')
class OrdersController {
  @Get() list(): void {}
}

@Injectable()
class Chatty {
  private readonly nest = new NestCommonLogger('Chatty')
  constructor() {
    this.nest.log('made')
  }

  onModuleInit(): void {
    this.nest.warn('initialized')
  }
}

/** The order that every boot has. */
const BOOT = [
  'NestFactory: Starting Nest application...',
  'Chatty: made',
  'InstanceLoader: LoggerModule dependencies initialized',
]

const inBrief = (lines: Lines): string[] => lines.all.map(({ logger, msg }) => `${String(logger)}: ${String(msg)}`)

afterEach(() => {
  // Nest keeps the logger of the last application for the whole process.
  NestCommonLogger.overrideLogger(new ConsoleLogger())
})

describe('bufferLogs', () => {
  it('keeps every line of the boot, in order', async () => {
    const lines = new Lines()
    const imports = [LoggerModule.forRoot({ outputs: [lines] })]
    const app = await NestFactory.create(rootOf({ imports, providers: [Chatty], controllers: [OrdersController] }), {
      bufferLogs: true,
    })
    expect(lines.all).toEqual([])
    app.useLogger(app.get(NestLogger))
    await app.init()
    const written = inBrief(lines)
    expect(written.filter((line) => BOOT.includes(line))).toEqual(BOOT)
    expect(written).toContain('InstanceLoader: Root dependencies initialized')
    expect(written.slice(-4)).toEqual([
      'RoutesResolver: OrdersController {/orders}:',
      'RouterExplorer: Mapped {/orders, GET} route',
      'Chatty: initialized',
      'NestApplication: Nest application successfully started',
    ])
    await app.close()
  })

  it.each([
    {
      name: 'a provider that throws',
      useFactory: (): never => {
        throw new Error('no database')
      },
    },
    { name: 'a provider that rejects', useFactory: (): Promise<never> => Promise.reject(new Error('no database')) },
  ])(
    'of a boot that fails, by $name, writes them as the application would have, and the error',
    async ({ useFactory }) => {
      const lines = new Lines()
      const imports = [LoggerModule.forRoot({ outputs: [lines] })]
      // Injects the logger so that it fails after it.
      const failing = { provide: 'DB', useFactory, inject: [LOGGER, Chatty] }
      const boot = NestFactory.create(rootOf({ imports, providers: [Chatty, failing] }), {
        bufferLogs: true,
        abortOnError: false,
      })
      await expect(boot).rejects.toThrow('no database')
      const written = inBrief(lines)
      expect(written.slice(0, 2)).toEqual(BOOT.slice(0, 2))
      expect(lines.all.at(-1)).toMatchObject({
        level: 'error',
        error: { message: 'no database', stack: expect.any(String) },
      })
    },
  )

  it('leaves a logger that the application chose itself alone', async () => {
    const lines = new Lines()
    const own: string[] = []
    const keep = (message: unknown): void => void own.push(String(message))
    const logger = { log: keep, error: keep, warn: keep, debug: keep, verbose: keep }
    const imports = [LoggerModule.forRoot({ outputs: [lines] })]
    const app = await NestFactory.create(rootOf({ imports }), { bufferLogs: true, logger })
    app.flushLogs()
    await app.init()
    expect(lines.all).toEqual([])
    expect(own[0]).toBe('Starting Nest application...')
    await app.close()
  })
})

it('a logger made before the application is the one of the module, and writes the boot without a buffer', async () => {
  const lines = new Lines()
  const log = createLogger({ outputs: [lines] })
  log.info('before')
  @Module({ imports: [LoggerModule.forRoot({ logger: log })], providers: [Chatty] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: new NestLogger(log) })
  expect(app.get(Logger)).toBe(log)
  expect(app.get(LOGGER)).toBe(log)
  expect(inBrief(lines).slice(0, 3)).toEqual(['undefined: before', ...BOOT.slice(0, 2)])
  await app.close()
})

describe('NEST_LOG_LEVEL', () => {
  afterEach(() => {
    delete process.env['NEST_LOG_LEVEL']
  })

  const names = ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] as const
  it.each([
    { value: '', on: ['info', 'warn', 'error', 'fatal'] },
    { value: 'warn', on: ['warn', 'error', 'fatal'] },
    { value: '>=debug', on: ['debug', 'info', 'warn', 'error', 'fatal'] },
    { value: '> warn', on: ['error', 'fatal'] },
    { value: 'Warn,ERROR', on: ['warn', 'error', 'fatal'] },
    { value: 'log,error', on: ['info', 'error', 'fatal'] },
    { value: 'loud', on: ['info', 'warn', 'error', 'fatal'] },
  ])('$value lets $on of Nest through, and leaves the loggers of the application alone', ({ value, on }) => {
    process.env['NEST_LOG_LEVEL'] = value
    const lines = new Lines()
    const root = createLogger({ outputs: [lines] })
    const log = new NestLogger(root)
    for (const name of names) log[name]('m', 'Ctx')
    expect(lines.all.map(({ level }) => level)).toEqual(on)
    expect(root.level).toBe('info')
  })

  it('counts less than the option', () => {
    process.env['NEST_LOG_LEVEL'] = 'fatal'
    const lines = new Lines()
    new NestLogger(createLogger({ outputs: [lines] }), { level: 'info' }).warn('m')
    expect(lines.all).toHaveLength(1)
  })
})
