import { Controller, Get, Param, ParseIntPipe, Query } from '@nestjs/common'
import { from, of, type Observable } from 'rxjs'
import { int, LogField, LogFields, string } from 'wideline/decorators'
import { expect, it } from 'vitest'
import { brief, serve } from './support.js'

/** As the query builders of knex and Mongoose: each `then` runs the query. */
class LazyQuery implements PromiseLike<{ id: string }> {
  static runs = 0

  // A promise-like that starts when it is asked is the point here.
  // oxlint-disable-next-line unicorn/no-thenable
  then<A, B>(
    fulfilled?: ((value: { id: string }) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    LazyQuery.runs++
    return Promise.resolve({ id: `row-${LazyQuery.runs}` }).then(fulfilled, rejected)
  }
}

const calls: unknown[][] = []

@Controller('h')
class DecoratedController {
  readonly #secret = 'private'

  @Get('lazy/declared')
  @LogFields({ rowId: string.result('id') })
  declared(): LazyQuery {
    return new LazyQuery()
  }

  @Get('lazy/parameter/:id')
  parameter(@Param('id') @LogField.string('id') _id: string): LazyQuery {
    return new LazyQuery()
  }

  @Get('observable')
  @LogFields({ rowId: string.result('id') })
  observable(): Observable<{ id: string }> {
    return from([{ id: 'first' }, { id: 'last' }])
  }

  @Get('private')
  @LogFields({ rowId: string.result('id') })
  private(): { id: string } {
    return { id: this.#secret }
  }

  @Get('page/:page')
  @LogFields({ page: int.param('page') })
  page(@Param('page', ParseIntPipe) page: number, size = 20, ...more: unknown[]): unknown[] {
    calls.push([page, size, ...more])
    return [page, size, ...more]
  }

  @Get('inner')
  @LogFields({ size: int.query('size') })
  inner(@Query('size', ParseIntPipe) size: number): unknown[] {
    return this.page(1, size, 'more')
  }

  @Get('nothing')
  @LogFields({ rowId: string.result('id') })
  nothing(): undefined {
    return undefined
  }

  @Get('sync')
  @LogFields({ rowId: string.result('id') })
  sync(): Observable<never> {
    return of().pipe(() => {
      throw new Error('thrown at once')
    })
  }

  @Get('rejected')
  @LogFields({ rowId: string.result('id') })
  async rejected(): Promise<never> {
    return Promise.reject(new Error('rejected'))
  }
}

const shop = await serve({ controllers: [DecoratedController] })
it.each([{ path: 'declared' }, { path: 'parameter/7' }])(
  'a lazy query that a handler with fields returns is run once (lazy/$path)',
  async ({ path }) => {
    LazyQuery.runs = 0
    const { body } = await shop.wide(`/h/lazy/${path}`)
    expect(JSON.parse(body)).toEqual({ id: 'row-1' })
    expect(LazyQuery.runs).toBe(1)
  },
)

it('the result of a lazy query is on the wide line', async () => {
  expect((await shop.wide('/h/lazy/declared')).line['rowId']).toMatch(/^row-/)
})

it('the last value of an observable is what the client gets and what the wide line has', async () => {
  const { body, line } = await shop.wide('/h/observable')
  expect(JSON.parse(body)).toEqual({ id: 'last' })
  expect(line).toMatchObject({ rowId: 'last' })
})

it('a handler with fields has its own this, with its private parts', async () => {
  const { line } = await shop.wide('/h/private')
  expect(line).toMatchObject({ status: 200, rowId: 'private' })
})

it('a handler with fields is called with what it declares, so that its defaults hold', async () => {
  calls.length = 0
  const { body } = await shop.wide('/h/page/3')
  expect(calls).toEqual([[3, 20]])
  expect(JSON.parse(body)).toEqual([3, 20])
})

it('a handler that another one calls gets every argument', async () => {
  const { body, line } = await shop.wide('/h/inner?size=5')
  expect(JSON.parse(body)).toEqual([1, 5, 'more'])
  expect(line).toMatchObject({ handler: 'inner', size: 5 })
  expect(line).not.toHaveProperty('page')
})

it('a handler with fields may return nothing', async () => {
  const { body, line } = await shop.wide('/h/nothing')
  expect(body).toBe('')
  expect(line).not.toHaveProperty('rowId')
})

it.each([
  { path: 'sync', message: 'thrown at once' },
  { path: 'rejected', message: 'rejected' },
])('a handler with fields that fails is heard once ($path)', async ({ path, message }) => {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  const { line, others } = await shop.wide(`/h/${path}`)
  process.off('unhandledRejection', note)
  expect(brief(line)).toBe(`error 500 failed · /h/${path} · DecoratedController.${path} · Error: ${message}`)
  expect(others).toEqual([])
  expect(unhandled).toEqual([])
})

it('each of these requests has exactly one wide line', async () => {
  expect(await shop.close()).toEqual([])
})
