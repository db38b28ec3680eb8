import { Controller, Get, Injectable, Module, type Type } from '@nestjs/common'
import { LazyModuleLoader } from '@nestjs/core'
import { type ContextLogger, InjectLogger, LoggerModule } from 'wideline/nestjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { type RunningApp, serve } from './support.js'

interface Hello {
  hello(): string
}

/** What `await import()` of a file gives, whose decorators run only then. */
function load(name: string, imports: Type[] | ReturnType<typeof LoggerModule.forFeature>[] = []): [Type, Type<Hello>] {
  @Injectable()
  class Late implements Hello {
    @InjectLogger() private readonly own!: ContextLogger
    constructor(@InjectLogger(name) private readonly named: ContextLogger) {}

    hello(): string {
      this.own.info('own')
      this.named.info('named')
      this.named.set({ lazy: true })
      return 'hello'
    }
  }
  @Module({ imports, providers: [Late], exports: [Late] })
  class LateModule {}
  return [LateModule, Late]
}

let first: [Type, Type<Hello>] | undefined

@Controller('lazy')
class LazyController {
  constructor(private readonly loader: LazyModuleLoader) {}

  @Get('plain') plain(): Promise<string> {
    return this.from((first ??= load('late.plain')))
  }

  @Get('feature') feature(): Promise<string> {
    return this.from(load('late.feature', [LoggerModule.forFeature('late', { fields: { team: 'pay' } })]))
  }

  private async from([module, token]: [Type, Type<Hello>]): Promise<string> {
    const ref = await this.loader.load(() => module)
    return ref.get(token, { strict: false }).hello()
  }
}

describe('a module that is loaded later, with loggers that nobody asked for before', () => {
  let shop: RunningApp
  let other: RunningApp
  beforeAll(async () => {
    shop = await serve({ controllers: [LazyController], options: { fields: { app: 'shop' } } })
    other = await serve({ controllers: [LazyController], options: { fields: { app: 'other' } } })
  })

  it('gets them, of its own application, and writes in the request with its id', async () => {
    for (const [app, name] of [
      [shop, 'shop'],
      [other, 'other'],
      [shop, 'shop'],
    ] as const) {
      const { status, line, others } = await app.wide('/lazy/plain')
      expect(status).toBe(200)
      expect(line).toMatchObject({ app: name, lazy: true })
      expect(others.filter(({ logger }) => logger !== 'LazyModuleLoader')).toMatchObject([
        { app: name, logger: 'Late', msg: 'own' },
        { app: name, logger: 'late.plain', msg: 'named' },
      ])
    }
  })

  it('gets those of its feature', async () => {
    const { others } = await shop.wide('/lazy/feature')
    expect(others.filter(({ logger }) => logger !== 'LazyModuleLoader')).toMatchObject([
      { logger: 'late.Late', msg: 'own', team: 'pay' },
      { logger: 'late.feature', msg: 'named' },
    ])
  })

  it('leaves each of these requests exactly one wide line', async () => {
    expect(await shop.close()).toEqual([])
    expect(await other.close()).toEqual([])
  })
})
