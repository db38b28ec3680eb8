import express, { type Request } from 'express'
import {
  createLogger,
  fields,
  file,
  float,
  int,
  json,
  type Logger,
  type LoggerOptions,
  memory,
  string,
  worker,
} from 'wideline'
import { audit, type AuditOptions, verifyAudit } from 'wideline/audit'
import { LogField, type LoggedOptions } from 'wideline/decorators'
import { currentLog, type RequestLog, requestErrors, requestLogger } from 'wideline/express'
import { captureLogs, expectLine } from 'wideline/testing'

const Payment = fields({ orderId: int(), amount: float(), card: string({ redact: 'last4' }) })

const options: LoggerOptions = {
  level: 'debug',
  outputs: [memory(), { output: worker(file('/dev/null')), encoder: json() }],
}
const log: Logger = createLogger(options)
log.info('order paid', { orderId: 42 })
log.info('order paid', Payment, { orderId: 42, amount: 99.5, card: '4242' })
log.at('info')?.int('orderId', 42).float('amount', 99.5).msg('order paid')
// @ts-expect-error a declared field of another kind
export const wrongKind = (): void => log.info('order paid', Payment, { orderId: '42', amount: 99.5, card: '4242' })
// @ts-expect-error there is no such option
export const wrong = (): Logger => createLogger({ levl: 'debug' })

const app = express()
app.use(requestLogger({ logger: log }))
app.get('/orders/:id', (req: Request, res) => {
  const request: RequestLog = req.log
  request.set({ orderId: 42 })
  currentLog()?.set({ tenant: 'acme' })
  // @ts-expect-error a request's log has no such method
  void req.log.sett
  res.end()
})
app.use(requestErrors())

const logs = captureLogs()
logs.logger.warn('slow')
expectLine(logs, { level: 'warn', msg: 'slow' })

export const seen: readonly unknown[] = [audit, verifyAudit, LogField]
export type Seen = AuditOptions | LoggedOptions
await log.close()
console.log(logs.lines.length)
