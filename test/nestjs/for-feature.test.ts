import { Controller, Get, Injectable, Module } from '@nestjs/common'
import { Logger, OptionError } from 'wideline'
import { type ContextLogger, InjectLogger, LoggerModule } from 'wideline/nestjs'
import { describe, expect, it } from 'vitest'
import { serve } from './support.js'

@Injectable()
class InvoicesService {
  constructor(
    @InjectLogger() readonly log: ContextLogger,
    @InjectLogger('billing') readonly feature: ContextLogger,
  ) {}

  write(): void {
    this.log.debug('invoiced', { invoice: 1 })
    this.log.set({ invoiced: true })
  }
}

@Injectable()
class OrdersService {
  constructor(
    @InjectLogger() readonly log: ContextLogger,
    @InjectLogger('billing') readonly feature: ContextLogger,
  ) {}
}

@Controller('invoices')
class InvoicesController {
  constructor(private readonly invoices: InvoicesService) {}

  @Get() list(): void {
    this.invoices.write()
  }
}

@Module({
  imports: [LoggerModule.forFeature('billing', { level: 'debug', fields: { team: 'pay' } })],
  controllers: [InvoicesController],
  providers: [InvoicesService],
})
class BillingModule {}

@Module({ imports: [LoggerModule.forFeature('stock')], providers: [InvoicesService] })
class StockModule {}

describe('forFeature(name, options)', async () => {
  const shop = await serve({ imports: [BillingModule, StockModule], providers: [OrdersService] })
  const invoices = shop.app.select(BillingModule).get(InvoicesService, { strict: true })

  it('gives the module loggers with its name, its level and its fields, in a request too', async () => {
    const { line, others } = await shop.wide('/invoices')
    const { requestId } = line
    expect(line).toMatchObject({ invoiced: true, route: '/invoices' })
    expect(others).toMatchObject([
      { level: 'debug', logger: 'billing.InvoicesService', msg: 'invoiced', team: 'pay', invoice: 1, requestId },
    ])
  })

  it('gives the module its own logger by name', () => {
    invoices.feature.debug('by name')
    expect(shop.lines.all.at(-1)).toMatchObject({ logger: 'billing', team: 'pay', msg: 'by name' })
  })

  it('leaves the loggers of other modules as they are', () => {
    const { log, feature } = shop.app.get(OrdersService)
    log.debug('off')
    log.info('on')
    feature.info('of this name')
    const [one, two] = shop.lines.all.slice(-2)
    expect(one).toEqual({ level: 'info', time: expect.any(String), logger: 'OrdersService', msg: 'on' })
    expect(two).toEqual({ level: 'info', time: expect.any(String), logger: 'billing', msg: 'of this name' })
  })

  it('is one for each module that asks, of the same class too', () => {
    const ofStock = shop.app.select(StockModule).get(InvoicesService, { strict: true })
    expect([invoices.log.name, ofStock.log.name]).toEqual(['billing.InvoicesService', 'stock.InvoicesService'])
  })

  it('follows the level of the application where it has none of its own', () => {
    const ofStock = shop.app.select(StockModule).get(InvoicesService, { strict: true })
    const root = shop.app.get(Logger)
    expect([ofStock.log.level, invoices.log.level]).toEqual(['info', 'debug'])
    root.level = 'error'
    expect([ofStock.log.level, invoices.log.level]).toEqual(['error', 'debug'])
    root.level = 'info'
  })
})

it.each([
  { make: () => LoggerModule.forFeature(''), message: /^forFeature\.name must be a name/ },
  {
    make: () => LoggerModule.forFeature('x', { leval: 'info' } as object),
    message: /^forFeature\.leval must be a known option \(did you mean level\?\)/,
  },
  { make: () => LoggerModule.forFeature('x', 7 as never), message: /^forFeature\.options must be an object/ },
])('a wrong argument of forFeature is an OptionError: $message', ({ make, message }) => {
  expect(make).toThrow(OptionError)
  expect(make).toThrow(message)
})

it('a level that is none stops the boot', async () => {
  const imports = [LoggerModule.forFeature('x', { level: 'loud' as never })]
  await expect(serve({ imports })).rejects.toThrow(/level must be/)
})
