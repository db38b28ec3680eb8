// Fields on handlers, in whichever decorator mode this is compiled.
import type { Application, Request, RequestHandler, Response } from 'express'
import type { FastifyInstance } from 'fastify'
import { Observable } from 'rxjs'
import { fields, float, int, string } from 'wideline'
import { LogContext, Logged, LogFields, withFields } from 'wideline/decorators'
import { currentLog, type RequestLog } from 'wideline/express'

interface Payment {
  readonly id: string
  readonly items: readonly string[]
  readonly total: number
  readonly from: { readonly account: number; readonly name?: string }
}
declare const payment: Payment

@LogContext({ component: 'orders' })
class Orders {
  @LogFields({
    orderId: int.param('id'),
    tenant: string.header('x-tenant'),
    q: string.query('q'),
    amount: float.body('amount'),
    paymentId: string.result('id'),
    account: int.result('from.account'),
    name: string.result('from.name'),
    items: int.result((r) => r.items.length),
    total: float.result((r: Payment) => r.total),
    user: string.from((req) => req.user.name as string),
    path: string.from((req: Request) => req.path),
    first: int.arg(0),
    card: string.body('card', { redact: 'last4' }),
  })
  pay(): Payment {
    return payment
  }

  @LogFields({ paymentId: string.result('id'), items: int.result((r) => r.items.length) })
  async later(_request: Request): Promise<Payment> {
    return payment
  }

  @LogFields({ paymentId: string.result('id'), items: int.result((r) => r.items.length) })
  observed(): Observable<Payment> {
    return new Observable()
  }

  @LogFields({ paymentId: string.result('id') })
  perhaps(): Payment | undefined {
    return undefined
  }

  @LogFields({ paymentId: string.result('id'), n: int.result((r) => r.whatever) })
  // oxlint-disable-next-line typescript/no-explicit-any
  untold(): any {
    return payment
  }

  @LogFields({ paymentId: string.result('id') })
  unknown(): unknown {
    return payment
  }

  @LogFields({ orderId: int.param('id') })
  static none(): void {}

  @Logged({ level: 'debug', args: ['a'], result: { id: string.result('id'), n: int.result((r) => r.items.length) } })
  async logged(_a: string): Promise<Payment> {
    return payment
  }

  @Logged()
  *generated(): Generator<number> {
    yield 1
  }

  // @ts-expect-error -- the result has no such property
  @LogFields({ paymentId: string.result('idd') })
  wrongPath(): Payment {
    return payment
  }

  // @ts-expect-error -- the result has no such property inside
  @LogFields({ account: int.result('from.acount') })
  wrongInnerPath(): Payment {
    return payment
  }

  // @ts-expect-error -- the property is of another kind
  @LogFields({ paymentId: int.result('id') })
  wrongKind(): Payment {
    return payment
  }

  // @ts-expect-error -- the promised property is of another kind
  @LogFields({ paymentId: int.result('id') })
  async wrongKindLater(): Promise<Payment> {
    return payment
  }

  // @ts-expect-error -- the observed property is of another kind
  @LogFields({ paymentId: int.result('id') })
  wrongKindObserved(): Observable<Payment> {
    return new Observable()
  }

  // @ts-expect-error -- the result has no such property
  @LogFields({ items: int.result((r) => r.itemz.length) })
  wrongExtractor(): Payment {
    return payment
  }

  // @ts-expect-error -- the extractor gives another kind
  @LogFields({ items: int.result((r) => r.items) })
  wrongExtracted(): Payment {
    return payment
  }

  // @ts-expect-error -- the extractor takes another result
  @LogFields({ items: int.result((r: { other: string }) => r.other.length) })
  wrongParameter(): Payment {
    return payment
  }

  // @ts-expect-error -- there is no result
  @LogFields({ paymentId: string.result('id') })
  async nothing(): Promise<void> {}

  // @ts-expect-error -- a field without a source
  @LogFields({ paymentId: string() })
  sourceless(): Payment {
    return payment
  }

  // @ts-expect-error -- the extractor gives another kind
  @LogFields({ user: string.from((req: Request) => req.path.length) })
  wrongRequest(): void {}

  // @ts-expect-error -- the result has no such property
  @Logged({ result: { id: string.result('idd') } })
  loggedWrongly(): Payment {
    return payment
  }

  @Logged({ result: { total: int.result('total'), twice: int.result((r) => r.total * 2) } })
  *counted(): Generator<string, { total: number }, string | undefined> {
    yield 'a'
    return { total: 1 }
  }

  @Logged({ result: { total: int.result('total') } })
  async *countedLater(): AsyncGenerator<string, { total: number }> {
    yield 'a'
    return { total: 1 }
  }

  // @ts-expect-error -- what the generator returns has no such property
  @Logged({ result: { total: int.result('totl') } })
  *countedWrongly(): Generator<string, { total: number }> {
    yield 'a'
    return { total: 1 }
  }

  // @ts-expect-error -- a generator that is promised is given as it is
  @Logged({ result: { total: int.result('total') } })
  async countedOnce(): Promise<Generator<string, { total: number }, string | undefined>> {
    return this.counted()
  }

  // @ts-expect-error -- no such level
  @Logged({ level: 'loud' })
  loud(): void {}

  // @ts-expect-error -- no such option
  @Logged({ level: 'info', resultt: true })
  misspelt(): void {}
}
void Orders

// A class with parameters of its own: its results are known as far as these say it.
class Shelf<Row extends Payment> {
  @LogFields({ paymentId: string.result('id'), items: int.result((r) => r.items.length) })
  one(): Row {
    return this.all()[0]
  }

  @LogFields({ paymentId: string.result((r) => r?.id) })
  async perhaps(): Promise<Row | undefined> {
    return this.all().at(0)
  }

  @Logged({ result: { n: int.result((r) => r.items.length) } })
  async logged(): Promise<Row> {
    return this.all()[0]
  }

  @LogFields({ n: int.result((r) => r.length) })
  all(): Row[] {
    return []
  }

  // @ts-expect-error -- the result has no such property
  @LogFields({ items: int.result((r) => r.itemz.length) })
  wrongly(): Row {
    return this.all()[0]
  }

  // @ts-expect-error -- the property is of another kind
  @LogFields({ paymentId: int.result('id') })
  wrongKind(): Row {
    return this.all()[0]
  }
}
void Shelf

// Functions.
const handler: RequestHandler = withFields({ orderId: int.param('id') }, (req, res) => {
  res.json(req.params['id'])
})
void handler
// Where the route stands, its handler knows the parameters, as it does by itself.
declare const app: Application
app.get(
  '/orders/:id',
  withFields({ orderId: int.param('id') }, (req, res) => void res.json(req.params.id.length)),
)
app.use(withFields({ orderId: int.param('id') }, (_req, _res, next) => next()))
// A function stays what it is: its `this`, its parameters of any type.
declare const fastify: FastifyInstance
fastify.get(
  '/orders/:id',
  withFields({ orderId: int.param('id') }, async function () {
    return { name: this.pluginName }
  }),
)
const same: 5 = withFields({ orderId: int.param('id') }, <T>(value: T): T => value)(5 as const)
void same
void withFields<RequestHandler>({ orderId: int.param('id') }, (req, res) => void res.json(req.path))
withFields({ items: int.result('count') }, (_req: Request, _res: Response) => ({ count: 1 }))
// @ts-expect-error -- the result has no such property
withFields({ items: int.result('cout') }, (_req: Request, _res: Response) => ({ count: 1 }))
// @ts-expect-error -- a field without a source
withFields({ items: int() }, (_req: Request, _res: Response) => 1)

// The wide line takes any fields, and those of a set some at a time.
const Order = fields({ orderId: int(), amount: float() })
declare const log: RequestLog
log.set({ anything: 1 })
log.set(Order, { orderId: 42 })
currentLog()?.set(Order, { amount: 1 })
// @ts-expect-error -- a key that is not declared
log.set(Order, { oderId: 42 })
// @ts-expect-error -- a value of the wrong kind
log.set(Order, { orderId: '42' })
// @ts-expect-error -- a value of the wrong kind
currentLog()?.set(Order, { orderId: '42' })
