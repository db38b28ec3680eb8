import { Controller, Get, Param, Post } from '@nestjs/common'
import { int, LogField, LogFields, string } from 'wideline/decorators'
import { type ContextLogger, InjectLogger, RequestLog } from 'wideline/nestjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { brief, type RunningApp, serve } from './support.js'

/** Calls of the handler, as it saw its own arguments. */
const calls: unknown[][] = []

@Controller('orders')
class SharedController {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  @Get('failing') failing(): void {
    throw new Error('failing')
  }

  @Get(':id')
  @LogFields({ orderId: int.param('id'), state: string.result('state') })
  show(@Param('id') id: string, ...rest: unknown[]): { state: string } {
    calls.push([id, ...rest.map((value) => typeof value)])
    this.log.info('shown')
    this.log.set({ shown: true })
    return { state: 'open' }
  }

  @Post(':id')
  touch(@Param('id') @LogField.string('touched') id: string, @RequestLog() log: RequestLog, more = 'default'): string {
    calls.push([id, typeof more === 'string' ? more : typeof more])
    log.info('touched')
    return id
  }
}

function boot(name: string): Promise<RunningApp> {
  return serve({ controllers: [SharedController], options: { name, fields: { app: name } } })
}

describe('two applications of one process with the same controller class', () => {
  let first: RunningApp
  let second: RunningApp
  beforeAll(async () => {
    first = await boot('first')
    second = await boot('second')
  })

  it('each write the lines of their own requests, and none of the other', async () => {
    for (const app of [first, second]) app.lines.clear()
    const [ofFirst, ofSecond] = await Promise.all([first.wide('/orders/1'), second.wide('/orders/2')])
    expect(brief(ofFirst.line)).toBe('info 200 completed · /orders/:id · SharedController.show · -')
    expect(ofFirst.line).toMatchObject({ app: 'first', logger: 'first', orderId: 1, state: 'open', shown: true })
    expect(ofSecond.line).toMatchObject({ app: 'second', logger: 'second', orderId: 2, state: 'open', shown: true })
    expect(ofFirst.others).toMatchObject([{ app: 'first', logger: 'SharedController', msg: 'shown' }])
    expect(ofSecond.others).toMatchObject([{ app: 'second', logger: 'SharedController', msg: 'shown' }])
    expect(first.lines.all).toHaveLength(2)
    expect(second.lines.all).toHaveLength(2)
  })

  it('each know a failure of their own', async () => {
    for (const app of [first, second]) {
      const { line, others } = await app.wide('/orders/failing')
      expect(brief(line)).toBe('error 500 failed · /orders/failing · SharedController.failing · Error: failing')
      expect(others).toEqual([])
    }
  })

  it('each write parameter fields and lines of the request log', async () => {
    for (const app of [first, second]) {
      const { line, others } = await app.wide('/orders/7', { method: 'POST' })
      expect(line).toMatchObject({ touched: '7', status: 201 })
      expect(others).toMatchObject([{ msg: 'touched' }])
    }
  })

  it('call the handler with the arguments that it declares, however many applications there are', async () => {
    const third = await boot('third')
    const seen: unknown[] = []
    for (const app of [first, second, third]) {
      calls.length = 0
      await app.wide('/orders/3')
      await app.wide('/orders/4', { method: 'POST' })
      seen.push([...calls])
    }
    const declared = [['3'], ['4', 'default']]
    expect(seen).toEqual([declared, declared, declared])
    expect(await third.close()).toEqual([])
  })

  it('go on when the other is closed', async () => {
    const third = await boot('third')
    await third.app.close()
    const { line, others } = await first.wide('/orders/9')
    expect(line).toMatchObject({ app: 'first', orderId: 9 })
    expect(others).toHaveLength(1)
  })

  it('each of these requests has exactly one wide line', async () => {
    expect(await first.close()).toEqual([])
    expect(await second.close()).toEqual([])
  })
})
