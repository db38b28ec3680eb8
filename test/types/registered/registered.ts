// An application that has registered its fields: `set` takes those only.
import { fields, int, string } from 'wideline'
import { currentLog, type RequestLog } from 'wideline/express'
import type { ContextLogger, RequestLog as NestRequestLog } from 'wideline/nestjs'

const Order = fields({ orderId: int(), tenant: string({ optional: true }) })
const Other = fields({ other: string() })

declare global {
  namespace Wideline {
    interface Register {
      fields: typeof Order
    }
  }
}

declare const log: RequestLog
declare const nest: NestRequestLog
declare const context: ContextLogger
log.set({ orderId: 42 })
log.set({ tenant: null })
log.set(Other, { other: 'of another set, said by name' })
nest.set({ orderId: 42 })
context.set({ orderId: 42 })
currentLog()?.set({ tenant: 'acme' })
log.fields.int('orderId', 42).string('tenant', 'acme')
// @ts-expect-error -- a key that is not declared
log.set({ oderId: 42 })
// @ts-expect-error -- a key that is not declared, by a typed writer
log.fields.int('oderId', 42)
// @ts-expect-error -- a value of the wrong kind
log.set({ orderId: '42' })
// @ts-expect-error -- in Nest
nest.set({ oderId: 42 })
// @ts-expect-error -- in a logger of a part of the application
context.set({ oderId: 42 })
// @ts-expect-error -- from anywhere
currentLog()?.set({ oderId: 42 })
