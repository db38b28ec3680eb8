// Loggers of any fields, and of declared ones only.
import {
  any as anything,
  bigint,
  bool,
  createLogger,
  duration,
  fields,
  float,
  int,
  type Logger,
  string,
  timestamp,
  type TypedLine,
} from 'wideline'
import { requestLogger } from 'wideline/express'

const Order = fields({ orderId: int(), amount: float({ optional: true }), status: string({ optional: true }) })
const Other = fields({ other: string() })

// A logger of any fields takes all that a log call takes.
const log = createLogger()
declare const unknown: unknown
declare const list: unknown[]
class Thing {
  readonly a = 1
}
log.info('a')
log.info('a %d %s', 1, 'b')
log.info('a', { x: 1 })
log.info('a', new Thing())
log.info({ x: 1 }, 'a')
log.info(new Thing())
log.info('a', null)
log.error(new Error('no'))
log.error('a', new Error('no'))
log.error('a', unknown)
// What a `catch` has.
log.error(unknown)
log.error(unknown, 'a')
log.error(unknown, 'a %d', 1)
log.info('a', ...list)
const write: (message: string, ...values: unknown[]) => void = log.info
write('a')
// @ts-expect-error -- no message and no fields
log.info()
// @ts-expect-error -- a number is no message
log.info(1)

// A logger of declared fields takes those only.
const strict = createLogger<typeof Order>({ level: 'debug' })
strict.info('paid', { orderId: 42 })
strict.info('paid', { orderId: 42, amount: 1.5, status: null })
strict.info({ status: 'ok' }, 'paid')
strict.info('paid %d', 3)
strict.error('failed', new Error('no'))
strict.error('failed', unknown)
strict.error(unknown, 'failed')
strict.info('paid', Order, { orderId: 1 })
strict.info('paid', Other, { other: 'of another set' })
strict.child({ orderId: 42 }).info('paid', { amount: 1 })
// @ts-expect-error -- a key that is not declared
strict.info('paid', { oderId: 42 })
// @ts-expect-error -- a value of the wrong kind
strict.info('paid', { orderId: '42' })
// @ts-expect-error -- a key that is not declared, before the message
strict.info({ oderId: 42 }, 'paid')
// @ts-expect-error -- a key that is not declared, in a child
strict.child({ oderId: 42 })
// @ts-expect-error -- a key that is not declared, on a child's line
strict.child({ orderId: 42 }).info('paid', { amout: 1 })

// So does each step of a typed line.
const Typed = fields({
  id: int(),
  name: string(),
  at: timestamp(),
  ok: bool(),
  n: bigint(),
  took: duration(),
  x: anything(),
})
const typed = createLogger<typeof Typed>()
typed.at('info')?.int('id', 1).string('name', null).timestamp('at', new Date()).bool('ok', true).bigint('n', 1n).send()
typed.at('info')?.duration('took', 1.5).int('x', 1).any('x', {}).any('id', 1).all({ id: 1 }).error('x', 1).msg('paid')
typed.at('error')?.error('error', new Error('no')).all(Other, { other: 'of another set' }).msg('failed')
typed.child({ id: 1 }).at('info')?.string('name', 'a').send()
log.at('info')?.int('anything', 1).all({ anything: 1 }).any('anything', 1).error('anything', 1).send()
const line: TypedLine | undefined = typed.at('info')
line?.int('anything', 1)
// @ts-expect-error -- a key that is not declared
typed.at('info')?.int('idd', 1)
// @ts-expect-error -- a key that is declared for a number
typed.at('info')?.string('id', '1')
// @ts-expect-error -- a key that is declared for a text
typed.at('info')?.int('name', 1)
// @ts-expect-error -- a key that is declared for a truth value
typed.at('info')?.timestamp('ok', 1)
// @ts-expect-error -- a key that is not declared, of any value
typed.at('info')?.any('idd', 1)
// @ts-expect-error -- a key that is not declared, of an error
typed.at('info')?.error('err', new Error('no'))
// @ts-expect-error -- a key that is not declared, in a bag
typed.at('info')?.all({ idd: 1 })
// @ts-expect-error -- a key that is not declared, after another one
typed.at('info')?.int('id', 1).float('amount', 1)
// @ts-expect-error -- a key that is not declared, on a child's line
typed.child({ id: 1 }).at('info')?.int('idd', 1)

// It stands for one of any fields wherever a logger is asked for.
const any: Logger = strict
any.info('a', { anything: 1 })
requestLogger({ logger: strict })
