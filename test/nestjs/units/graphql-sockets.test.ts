import { createRequire } from 'node:module'
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo'
import { Injectable, UseGuards } from '@nestjs/common'
import {
  Args,
  Field,
  GraphQLModule,
  GraphQLSchemaHost,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql'
import { type Client, createClient } from 'graphql-ws'
import { type ContextLogger, currentLog, InjectLogger } from 'wideline/nestjs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Line } from '../lines.js'
import { type RunningApp, serve } from '../support.js'

// The copy that Nest uses, which is not the one that an import gives here.
const { graphql, parse } = createRequire(import.meta.url)('graphql') as typeof import('graphql')

@ObjectType()
class Order {
  @Field(() => Int) id!: number
  @Field(() => Int, { nullable: true }) total?: number
}

@Injectable()
class OrdersService {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  find(id: number): Order {
    this.log.info('looking up')
    this.log.set({ lastOrder: id })
    return { id }
  }
}

const refusing = { canActivate: (): boolean => false }
/** Ends the subscription `forever`, which waits for nothing else. */
let leave = (): void => undefined

@Resolver(() => Order)
class OrdersResolver {
  constructor(private readonly orders: OrdersService) {}

  @Query(() => Order, { nullable: true }) order(@Args('id', { type: () => Int }) id: number): Order {
    return this.orders.find(id)
  }
  @Mutation(() => Order, { nullable: true }) fails(): never {
    throw new Error('boom')
  }
  @ResolveField(() => Int, { nullable: true }) total(@Parent() order: Order): number {
    if (order.id === 13) throw new Error('no total')
    return order.id * 10
  }
  @Subscription(() => Order) async *paid(@Args('count', { type: () => Int }) count: number): AsyncGenerator<object> {
    for (let id = 1; id <= count; id++) {
      await Promise.resolve()
      yield { paid: this.orders.find(id) }
    }
  }
  @Subscription(() => Order, { filter: ({ odd }: { odd: Order }) => odd.id % 2 === 1 })
  async *odd(): AsyncGenerator<object> {
    for (let id = 1; id <= 4; id++) yield { odd: { id } }
  }
  @Subscription(() => Order) async *breaks(): AsyncGenerator<object> {
    yield { breaks: { id: 1 } }
    throw new Error('queue gone')
  }
  @Subscription(() => Order) @UseGuards(refusing) async *guarded(): AsyncGenerator<object> {}
  @Subscription(() => Order) async *forever(): AsyncGenerator<object> {
    const left = new Promise<void>((resolve) => (leave = resolve))
    yield { forever: { id: 1 } }
    await left
  }
}

/** A document that the application keeps, for every client that asks for it. */
const KEPT = parse('query Kept($id: Int!) { order(id: $id) { id } }')
const heard: string[] = []
const silentHooks = {
  onComplete: () => void heard.push('complete'),
  onError: () => void heard.push('error'),
}

describe('a GraphQL operation over a socket', () => {
  let shop: RunningApp
  let client: Client
  beforeAll(async () => {
    shop = await serve({
      imports: [
        GraphQLModule.forRoot<ApolloDriverConfig>({
          driver: ApolloDriver,
          autoSchemaFile: true,
          playground: false,
          subscriptions: {
            'graphql-ws': {
              onSubscribe: (_connection, _id, payload) => {
                heard.push('subscribe')
                currentLog()?.set({ bySubscribe: true })
                if (payload.operationName === 'Forbidden') throw new Error('not you')
                if (payload.operationName !== 'Kept') return undefined
                return {
                  schema: shop.app.get(GraphQLSchemaHost).schema,
                  document: KEPT,
                  variableValues: payload.variables,
                }
              },
              onNext: () => void heard.push('next'),
              // Nest's types do not name them, and it hands them on.
              ...silentHooks,
            },
          },
        }),
      ],
      providers: [OrdersResolver, OrdersService],
    })
    client = connect()
  })
  afterAll(async () => {
    await client.dispose()
    await shop.app.close()
  })

  const connect = (): Client =>
    createClient({ url: `ws://127.0.0.1:${shop.port}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 })

  /** Runs an operation to its end, and gives its answers, its line and its other lines. */
  const run = async (query: string, more: object = {}): Promise<{ answers: unknown[]; line: Line; others: Line[] }> => {
    shop.lines.clear()
    const answers: unknown[] = []
    await new Promise<void>((resolve) => {
      client.subscribe(
        { query, ...more },
        {
          next: (answer) => void answers.push(answer),
          error: () => resolve(),
          complete: () => resolve(),
        },
      )
    })
    const line = await shop.lines.next((each) => 'outcome' in each)
    return { answers, line, others: shop.lines.all.filter((each) => !('outcome' in each)) }
  }

  it('that subscribes is one unit, which ends with its last event, and has its lines and fields', async () => {
    const { answers, line, others } = await run('subscription Paid { paid(count: 3) { id total } }')
    expect(answers).toHaveLength(3)
    expect(line).toMatchObject({
      level: 'info',
      outcome: 'completed',
      unit: 'graphql',
      kind: 'graphql',
      operation: 'Paid',
      operationType: 'subscription',
      resolvers: ['OrdersResolver.paid'],
      events: 3,
      lastOrder: 3,
      bySubscribe: true,
    })
    expect(others).toHaveLength(3)
    for (const other of others) expect(other).toMatchObject({ logger: 'OrdersService', unitId: line['unitId'] })
    expect(shop.lines.wide).toHaveLength(1)
  })

  it('that subscribes with a filter has the events that were sent', async () => {
    const { answers, line } = await run('subscription Odd { odd { id } }')
    expect(answers).toEqual([{ data: { odd: { id: 1 } } }, { data: { odd: { id: 3 } } }])
    expect(line).toMatchObject({ operation: 'Odd', events: 2 })
  })

  it('that its client leaves ends there', async () => {
    shop.lines.clear()
    const events = client.iterate({ query: 'subscription Forever { forever { id } }' })
    await events.next()
    expect(shop.lines.wide).toEqual([])
    await events.return?.()
    leave()
    const line = await shop.lines.next((each) => 'outcome' in each)
    expect(line).toMatchObject({ operation: 'Forever', outcome: 'completed', events: 1 })
  })

  it('whose connection goes ends there', async () => {
    shop.lines.clear()
    const other = connect()
    await other.iterate({ query: 'subscription Forever { forever { id } }' }).next()
    other.terminate()
    const line = await shop.lines.next((each) => 'outcome' in each)
    expect(line).toMatchObject({ operation: 'Forever', outcome: 'completed', events: 1 })
    leave()
    await other.dispose()
    expect(shop.lines.wide).toHaveLength(1)
  })

  it.each([
    { query: 'subscription Breaks { breaks { id } }', want: { operation: 'Breaks', error: { message: 'queue gone' } } },
    { query: 'subscription Guarded { guarded { id } }', want: { error: { type: 'ForbiddenException' } } },
    { query: 'mutation Fails { fails { id } }', want: { operationType: 'mutation', error: { message: 'boom' } } },
    { query: '{ order(id: 13) { id total } }', want: { operation: '(anonymous)', error: { message: 'no total' } } },
    { query: 'query Wrong { nothing }', want: { error: { message: expect.stringContaining('nothing') } } },
  ])('has the real error of $query', async ({ query, want }) => {
    const { line, others } = await run(query)
    expect(line).toMatchObject({ level: 'error', outcome: 'failed', unit: 'graphql', ...want })
    expect(others.filter(({ level }) => level === 'error')).toEqual([])
    expect(shop.lines.wide).toHaveLength(1)
  })

  it('that asks is one unit with all of its resolvers', async () => {
    const { answers, line } = await run('query Two { a: order(id: 1) { total } b: order(id: 2) { total } }')
    expect(answers).toEqual([{ data: { a: { total: 10 }, b: { total: 20 } } }])
    expect(line).toMatchObject({ operation: 'Two', operationType: 'query', resolvers: ['OrdersResolver.order'] })
    expect(line).not.toHaveProperty('events')
    expect(shop.lines.wide).toHaveLength(1)
  })

  it('of a document that the application keeps has its own line beside another of it', async () => {
    shop.lines.clear()
    const ask = (id: number): Promise<unknown> =>
      client.iterate({ query: '', operationName: 'Kept', variables: { id } }).next()
    await Promise.all([ask(1), ask(2)])
    const lines = await shop.lines.untilWide(2)
    expect(new Set(lines.map((line) => line['lastOrder']))).toEqual(new Set([1, 2]))
  })

  it('that a hook of the application refuses has its error', async () => {
    shop.lines.clear()
    const other = connect()
    // graphql-ws tells it to the console, and closes the connection.
    const told = vi.spyOn(console, 'error').mockReturnValue(undefined)
    await other
      .iterate({ query: '{ order(id: 1) { id } }', operationName: 'Forbidden' })
      .next()
      .catch(() => undefined)
    expect(told).toHaveBeenCalledOnce()
    told.mockRestore()
    expect(await shop.lines.next((each) => 'outcome' in each)).toMatchObject({ error: { message: 'not you' } })
    await other.dispose()
  })

  it.each(['query {', ''])(
    'of a text that does not parse is failed, though no hook hears of it (%j)',
    async (query) => {
      shop.lines.clear()
      const other = connect()
      const told = vi.spyOn(console, 'error').mockReturnValue(undefined)
      await other
        .iterate({ query })
        .next()
        .catch(() => undefined)
      const line = await shop.lines.next((each) => 'outcome' in each)
      expect(line).toMatchObject({
        level: 'error',
        outcome: 'failed',
        error: { message: expect.stringContaining('internal error') },
      })
      told.mockRestore()
      await other.dispose()
    },
  )

  it('leaves the hooks of the application as they were', () => {
    for (const name of ['subscribe', 'next', 'complete', 'error']) expect(heard).toContain(name)
  })

  it('that the application itself runs, without a request, is a unit too', async () => {
    shop.lines.clear()
    const { schema } = shop.app.get(GraphQLSchemaHost)
    expect(await graphql({ schema, source: 'query Own { order(id: 5) { id } }', contextValue: {} })).toEqual({
      data: { order: { id: 5 } },
    })
    const line = await shop.lines.next((each) => 'outcome' in each)
    expect(line).toMatchObject({ unit: 'order', kind: 'graphql', operation: 'Own', lastOrder: 5 })
  })
})
