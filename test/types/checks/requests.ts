// Functions of a request that say what their framework has made of it.
import type { Request, Response } from 'express'
import { createLogger } from 'wideline'
import { fromPinoHttp, requestLogger } from 'wideline/express'
import { LoggerModule } from 'wideline/nestjs'

const logger = createLogger()
const isLocal = (req: Request): boolean => req.ip === '127.0.0.1'
const fields = (req: Request, res: Response): object => ({ ip: req.ip, tenant: res.locals['tenant'] as unknown })

requestLogger({
  logger,
  generateId: (req: Request) => req.get('x-id') ?? 'none',
  trust: isLocal,
  ignore: isLocal,
  fields,
})
requestLogger({ logger, ignore: ['/health', isLocal], fields: (req, res) => ({ url: req.url, sent: res.headersSent }) })
LoggerModule.forRoot({ requests: { trust: isLocal, ignore: [isLocal], fields } })
requestLogger({
  logger,
  ...fromPinoHttp({
    genReqId: (req: Request, res: Response) => req.get('x-id') ?? res.get('x-id'),
    autoLogging: { ignore: isLocal },
    customLogLevel: (req: Request, res: Response, error) => (error === undefined && isLocal(req) ? 'debug' : 'info'),
    customSuccessMessage: (req: Request, res: Response, tookMs) => `${req.ip} ${res.statusCode} ${tookMs.toFixed()}`,
    customErrorMessage: (_req: Request, _res: Response, error) => error.message,
    customProps: fields,
  }),
})

// @ts-expect-error Node's own request has none of Express's
requestLogger({ logger, fields: (req) => ({ ip: req.ip }) })
// @ts-expect-error no request is a number
requestLogger({ logger, fields: (req: number) => ({ req }) })
// @ts-expect-error no id is a number
requestLogger({ logger, generateId: (req: Request) => req.url.length })
// @ts-expect-error fields are an object
requestLogger({ logger, fields: (req: Request) => req.url })
// @ts-expect-error a function of the request
requestLogger({ logger, trust: 'loopback' })
