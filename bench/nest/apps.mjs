// The same Nest application three times: without a logger, with nestjs-pino, with wideline. Each writes to the same kind
// of file, a block at a time, and the two loggers put the same fields on the line of a request.
import 'reflect-metadata'
import { Controller, Get, Inject, Module, Param, Req } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { requirePeer } from '../peers.mjs'

const decorate = (target, method, parameters, ...decorators) => {
  parameters.forEach((decorator, i) => decorator(target.prototype, method, i))
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, method)
  for (const each of decorators) each(target.prototype, method, descriptor)
}

/** A controller whose handler hands its fields to `note`, as code by hand and decorators without a compiler. */
function ordersController(note, ...injected) {
  class OrdersController {
    constructor(...services) {
      this.services = services
    }

    show(id, request) {
      note(request, { orderId: Number(id), tenant: 'acme' }, ...this.services)
      return { id, state: 'open', total: 99.5 }
    }
  }
  injected.forEach((token, i) => Inject(token)(OrdersController, undefined, i))
  decorate(OrdersController, 'show', [Param('id'), Req()], Get(':id'))
  Controller('orders')(OrdersController)
  return OrdersController
}

async function boot(controller, imports, use) {
  // oxlint-disable-next-line no-extraneous-class -- a module of Nest's is a class; its decorator is called below
  class Root {}
  Module({ imports, controllers: [controller] })(Root)
  const app = await NestFactory.create(Root, { logger: false })
  use?.(app)
  await app.listen(0, '127.0.0.1')
  return app
}

const isOurs = (request) => request.url.startsWith('/orders/')

export const apps = {
  bare: async () => ({
    app: await boot(
      ordersController(() => undefined),
      [],
    ),
    flush: () => undefined,
  }),

  async 'nestjs-pino'(path) {
    const { LoggerModule, PinoLogger } = requirePeer('nestjs-pino')
    const pino = requirePeer('pino')
    const destination = pino.destination({ dest: path, minLength: 4096, sync: true })
    const line = (request, response, { responseTime }) => ({
      requestId: request.id,
      method: request.method,
      url: request.originalUrl,
      route: request.route.path,
      status: response.statusCode,
      outcome: 'completed',
      durationMs: responseTime,
      firstByteMs: responseTime,
      bytes: Number(response.getHeader('content-length')),
      remoteAddress: request.socket.remoteAddress,
      userAgent: request.headers['user-agent'],
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      controller: 'OrdersController',
      handler: 'show',
    })
    const module = LoggerModule.forRoot({
      assignResponse: true,
      pinoHttp: [
        {
          base: null,
          timestamp: pino.stdTimeFunctions.isoTime,
          autoLogging: { ignore: (request) => !isOurs(request) },
          quietReqLogger: true,
          customAttributeKeys: { reqId: 'requestId' },
          // The id goes back to whoever asked, as wideline's does.
          genReqId(request, response) {
            const id = request.headers['x-request-id']
            response.setHeader('x-request-id', id)
            return id
          },
          serializers: { req: () => undefined, res: () => undefined },
          customSuccessMessage: () => 'request completed',
          customSuccessObject: line,
        },
        destination,
      ],
    })
    const controller = ordersController((_request, fields, log) => log.assign(fields), PinoLogger)
    const app = await boot(controller, [module])
    return { app, flush: () => destination.flushSync() }
  },

  async wideline(path) {
    const { createLogger, file } = await import('wideline')
    const { LoggerModule } = await import('wideline/nestjs')
    const logger = createLogger({ outputs: [file(path, { buffer: 'block' })] })
    const requests = { ignore: (request) => !isOurs(request) }
    const controller = ordersController((request, fields) => request.log.set(fields))
    const app = await boot(controller, [LoggerModule.forRoot({ logger, requests })])
    return { app, flush: () => logger.flushSync() }
  },

  /** The same without AsyncLocalStorage, which nestjs-pino cannot do without. */
  async 'wideline, context: false'(path) {
    const { createLogger, file } = await import('wideline')
    const { LoggerModule } = await import('wideline/nestjs')
    const logger = createLogger({ outputs: [file(path, { buffer: 'block' })] })
    const requests = { context: false, ignore: (request) => !isOurs(request) }
    const controller = ordersController((request, fields) => request.log.set(fields))
    const app = await boot(controller, [LoggerModule.forRoot({ logger, requests })])
    return { app, flush: () => logger.flushSync() }
  },
}
