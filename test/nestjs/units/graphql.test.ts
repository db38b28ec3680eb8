import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { ApolloDriver, type ApolloDriverConfig, ForbiddenError } from '@nestjs/apollo'
import { BadRequestException, Injectable, UseGuards, ValidationPipe } from '@nestjs/common'
import {
  Args,
  Field,
  GraphQLModule,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql'
import { IsPositive } from 'class-validator'
import { any, int, LogField, LogFields, Logged, string } from 'wideline/decorators'
import { type ContextLogger, InjectLogger, RequestLog } from 'wideline/nestjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningApp, serve } from '../support.js'

// The copy that Nest uses, which is not the one that an import gives here.
const { GraphQLError } = createRequire(import.meta.url)('graphql') as typeof import('graphql')

@ObjectType()
class Order {
  @Field(() => ID) id!: string
  @Field(() => Int, { nullable: true }) total?: number
}

@InputType()
class PayOrder {
  @Field(() => Int) @IsPositive() amount!: number
}

@Injectable()
class OrdersService {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  find(id: string): Order {
    this.log.info('looking up')
    this.log.set({ orderId: id })
    return { id }
  }
}

const allowing = { canActivate: (): boolean => true }
const idPipe = { transform: (id: string): string => `piped ${id}` }
const refusing = { canActivate: (): boolean => false }

@Resolver(() => Order)
class OrdersResolver {
  constructor(private readonly orders: OrdersService) {}

  @Query(() => Order) async order(@Args('id') id: string, @RequestLog() log: RequestLog): Promise<Order> {
    await Promise.resolve()
    log.set({ byParameter: true })
    return this.orders.find(id)
  }
  @Query(() => Order) @UseGuards(allowing) asked(
    @Args('id', { type: () => ID }, idPipe) @LogField.string('asked') id: string,
  ): Order {
    return { id }
  }
  @Query(() => Order, { nullable: true }) fails(): never {
    throw new Error('boom', { cause: new Error('why') })
  }
  @Query(() => Order, { nullable: true }) refuses(): never {
    throw new BadRequestException('not so')
  }
  @Query(() => Order, { nullable: true }) forbids(): never {
    throw new ForbiddenError('not yours')
  }
  @Query(() => Order, { nullable: true }) misses(): never {
    throw new GraphQLError('no such order', { extensions: { code: 'NO_ORDER', http: { status: 404 } } })
  }
  @Query(() => Order, { nullable: true }) unreadable(): never {
    const refuse = (): never => {
      throw new Error('nothing to see')
    }
    throw Object.defineProperty(new Error('unreadable'), 'extensions', { get: refuse })
  }
  @Query(() => Order, { nullable: true }) @UseGuards(refusing) guarded(): Order {
    return { id: 'never' }
  }
  @Mutation(() => Int)
  @LogFields({
    sum: int.body('amount'),
    same: int.param('amount'),
    first: int.arg(0, 'amount'),
    tenant: string.header('x-tenant'),
    method: string.from((request: { method: string }) => request.method),
    paid: int.result((amount) => amount),
  })
  @Logged({ level: 'info', args: { order: any() }, result: true })
  book(@Args('order') order: PayOrder): number {
    return order.amount
  }
  @Mutation(() => Int) pay(@Args('order') order: PayOrder): number {
    return order.amount
  }
  @ResolveField(() => Int, { nullable: true }) total(@Parent() order: Order): Promise<number> {
    return order.id === 'broken' ? Promise.reject(new Error('no total')) : Promise.resolve(7)
  }
}

describe('a GraphQL operation', () => {
  let shop: RunningApp
  beforeAll(async () => {
    shop = await serve({
      imports: [
        GraphQLModule.forRoot<ApolloDriverConfig>({
          driver: ApolloDriver,
          autoSchemaFile: true,
          playground: false,
          allowBatchedHttpRequests: true,
          introspection: true,
        }),
      ],
      providers: [OrdersResolver, OrdersService],
      prepare: (app) => void app.useGlobalPipes(new ValidationPipe({ transform: true })),
    })
  })
  afterAll(() => shop.app.close())

  const ask = async (...queries: { query?: string; extensions?: object }[]) =>
    shop.wide('/graphql', { body: JSON.stringify(queries.length === 1 ? queries[0] : queries) })

  it('has one wide line: that of its request, with its name, its type and its resolvers', async () => {
    const { line, others } = await ask({ query: 'query FindOrder { order(id: "7") { id total } }' })
    expect(line).toMatchObject({
      level: 'info',
      outcome: 'completed',
      status: 200,
      operation: 'FindOrder',
      operationType: 'query',
      resolvers: ['OrdersResolver.order'],
      orderId: '7',
      byParameter: true,
    })
    expect(others).toMatchObject([{ logger: 'OrdersService', msg: 'looking up' }])
  })

  it.each([
    {
      name: 'a resolver',
      query: 'query Fails { fails { id } }',
      want: {
        operation: 'Fails',
        error: { type: 'Error', message: 'boom', cause: { message: 'why' } },
        outcome: 'failed',
        level: 'error',
      },
    },
    {
      name: 'the resolver of a field',
      query: '{ order(id: "broken") { total } }',
      want: { operation: '(anonymous)', error: { message: 'no total' }, outcome: 'failed', level: 'error' },
    },
    {
      name: 'a guard',
      query: 'query Guarded { guarded { id } }',
      want: { operation: 'Guarded', error: { type: 'ForbiddenException' }, level: 'warn' },
    },
    {
      name: 'an HttpException of the client',
      query: 'query Refuses { refuses { id } }',
      want: { operation: 'Refuses', error: { type: 'BadRequestException', message: 'not so' }, level: 'warn' },
    },
    {
      name: 'a text that does not parse',
      query: 'query {',
      want: { error: { type: 'GraphQLError', message: expect.stringContaining('Syntax Error') }, level: 'warn' },
    },
    {
      name: 'a question after what there is not',
      query: 'query Wrong { nothing }',
      want: { error: { type: 'GraphQLError', message: expect.stringContaining('nothing') }, level: 'warn' },
    },
  ])('has the real error of $name on it', async ({ query, want }) => {
    const { line, others } = await ask({ query })
    expect(line).toMatchObject(want)
    expect(others.filter(({ level }) => level === 'error')).toEqual([])
  })

  it.each([
    { name: 'an error of Nest for GraphQL', queries: ['{ forbids { id } }'] },
    { name: 'an error with a status', queries: ['{ misses { id } }'] },
    { name: 'a text of a batch that does not parse', queries: ['query {', '{ order(id: "7") { id } }'] },
    { name: 'a question of a batch after what there is not', queries: ['{ order(id: "7") { id } }', '{ nothing }'] },
    {
      name: 'a value of a batch that is of another type',
      queries: ['{ order(id: "7") { id } }', 'query ($is: Boolean!) { order(id: "7") { id @skip(if: $is) } }'],
    },
  ])('is completed with an error that is the client’s: $name', async ({ queries }) => {
    const { line } = await ask(...queries.map((query) => ({ query })))
    expect(line).toMatchObject({ level: 'warn', outcome: 'completed', error: { type: expect.any(String) } })
  })

  it('is failed with the error of a resolver, whatever mistake of the client’s came first', async () => {
    const { line, others } = await ask({ query: '{ nothing }' }, { query: 'query Fails { fails { id } }' })
    expect(line).toMatchObject({ level: 'error', outcome: 'failed', error: { message: 'boom' } })
    expect(others).toEqual([])
  })

  it('is failed with an error that does not tell its code', async () => {
    const { line, body } = await ask({ query: '{ unreadable { id } }' })
    expect(body).toContain('errors')
    expect(line).toMatchObject({ level: 'error', outcome: 'failed', error: { message: 'unreadable' } })
  })

  it.each([
    { name: 'alone', others: [] },
    { name: 'in a batch', others: [{ query: '{ order(id: "7") { id } }' }] },
  ])(
    'that is asked for by a hash which is not known yet is completed: a step of the protocol ($name)',
    async ({ others }) => {
      const query = 'query Known { order(id: "7") { id } }'
      const extensions = {
        persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') },
      }
      const first = await ask({ extensions }, ...others)
      expect(first.body).toContain('PERSISTED_QUERY_NOT_FOUND')
      expect(first.line).toMatchObject({ level: 'info', outcome: 'completed', persistedQuery: 'not found' })
      expect(first.line).not.toHaveProperty('error')
      const fails = await ask({ extensions }, { query: 'query Fails { fails { id } }' })
      expect(fails.line).toMatchObject({ level: 'error', persistedQuery: 'not found', error: { message: 'boom' } })
    },
  )

  it('names the fields that are not valid, and not their values', async () => {
    const { line } = await ask({ query: 'mutation Pay { pay(order: { amount: -725725725 }) }' })
    expect(line).toMatchObject({ operation: 'Pay', operationType: 'mutation', invalid: ['amount'] })
    expect(JSON.stringify(line)).not.toContain('725725725')
  })

  it('has the fields of decorated parameters, after their pipes, where nothing else decorates the resolver', async () => {
    const { line } = await ask({ query: '{ asked(id: "7") { id } }' })
    expect(line).toMatchObject({ outcome: 'completed', asked: 'piped 7', resolvers: ['OrdersResolver.asked'] })
  })

  it('has the declared fields of its resolver, whose first argument stands for params and body', async () => {
    const query = 'mutation Book { book(order: { amount: 5 }) }'
    const { line, others } = await shop.wide('/graphql', {
      body: JSON.stringify({ query }),
      headers: { 'x-tenant': 'acme' },
    })
    expect(line).toMatchObject({ sum: 5, same: 5, first: 5, tenant: 'acme', _method: 'POST', paid: 5 })
    expect(others).toMatchObject([
      { msg: 'enter OrdersResolver.book', order: { amount: 5 } },
      { msg: 'exit OrdersResolver.book', result: 5 },
    ])
  })

  it('names every operation of a batch', async () => {
    const { line } = await ask(
      { query: 'query A { order(id: "1") { id } }' },
      { query: 'query B { order(id: "2") { id } }' },
    )
    expect(line).toMatchObject({ operation: 'A', operations: ['A', 'B'] })
  })

  it('has exactly one wide line for each request', async () => {
    expect(shop.lines.wide.every((line) => line['url'] === '/graphql')).toBe(true)
    const ids = shop.lines.wide.map((line) => line['requestId'])
    expect(new Set(ids).size).toBe(ids.length)
  })
})
