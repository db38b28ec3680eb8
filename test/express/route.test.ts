import express, { type Express, type Request, type Response, Router } from 'express'
import express4 from 'express4'
import request from 'supertest'
import { afterEach, describe, expect, it } from 'vitest'
import { requestLogger } from 'wideline/express'
import { TestServer } from '../http/support.js'
import { appWith, checkShape } from './app.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

type Handler = (request: Request, response: Response) => void

interface Case {
  readonly name: string
  readonly mount: (app: Express, handler: Handler) => void
  readonly path: string
  readonly want: string
}

const cases: Case[] = [
  {
    name: 'of the application itself',
    mount: (app, handler) => app.get('/orders/:id', handler),
    path: '/orders/42?page=1',
    want: '/orders/:id',
  },
  { name: 'of the root', mount: (app, handler) => app.get('/', handler), path: '/', want: '/' },
  {
    name: 'that begins with a parameter',
    mount: (app, handler) => app.get('/:shop/orders', handler),
    path: '/north/orders',
    want: '/:shop/orders',
  },
  {
    name: 'of all methods',
    mount: (app, handler) => app.all('/orders/:id', handler),
    path: '/orders/42',
    want: '/orders/:id',
  },
  {
    name: 'of a mounted router',
    mount: (app, handler) => app.use('/orders', Router().get('/:id', handler)),
    path: '/orders/42',
    want: '/orders/:id',
  },
  {
    name: 'of a router within a mounted router',
    mount: (app, handler) => app.use('/api/v1', Router().use('/orders', Router().get('/:id/lines/:line', handler))),
    path: '/api/v1/orders/42/lines/1',
    want: '/api/v1/orders/:id/lines/:line',
  },
  {
    name: 'of the root of a mounted router',
    mount: (app, handler) => app.use('/orders', Router().get('/', handler)),
    path: '/orders/',
    want: '/orders',
  },
  {
    name: 'of a router that is mounted nowhere in particular',
    mount: (app, handler) => app.use(Router().get('/orders/:id', handler)),
    path: '/orders/42',
    want: '/orders/:id',
  },
  {
    name: 'of a mounted application',
    mount: (app, handler) => app.use('/admin', express().get('/users/:id', handler)),
    path: '/admin/users/7',
    want: '/admin/users/:id',
  },
  {
    name: 'that takes the rest of the path',
    mount: (app, handler) => app.get('/files/*path', handler),
    path: '/files/a/b/c.txt',
    want: '/files/*path',
  },
  {
    name: 'of a mounted router that takes the rest of the path',
    mount: (app, handler) => app.use('/static', Router().get('/files/*path', handler)),
    path: '/static/files/a/b/c.txt',
    want: '/static/files/*path',
  },
  {
    name: 'with a part that may be missing, in a mounted router',
    mount: (app, handler) => app.use('/api', Router().get('/orders{/:id}', handler)),
    path: '/api/orders',
    want: '/api/orders{/:id}',
  },
  {
    name: 'that is a regular expression, in a mounted router',
    mount: (app, handler) => app.use('/api', Router().get(/^\/orders\/\d+$/, handler)),
    path: '/api/orders/42',
    want: String.raw`/api^\/orders\/\d+$`,
  },
  {
    name: 'of several paths, in a mounted router',
    mount: (app, handler) => app.use('/api', Router().get(['/orders/:id', '/o/:id'], handler)),
    path: '/api/o/42',
    want: '/api(/orders/:id|/o/:id)',
  },
  {
    name: 'of a router that is mounted in two places',
    mount: (app, handler) => {
      const orders = Router().get('/orders/:id', handler)
      app.use('/v1', orders).use('/v2', orders)
    },
    path: '/v2/orders/42',
    want: '/v2/orders/:id',
  },
  {
    name: 'of a router that is mounted on a parameter',
    mount: (app, handler) => app.use('/shops/:shop', Router().get('/orders/:id', handler)),
    path: '/shops/north/orders/42',
    want: '/shops/:shop/orders/:id',
  },
  {
    name: 'of a router that is mounted on parameters, in two places',
    mount: (app, handler) => {
      const orders = Router().get('/orders/:id', handler)
      app.use('/eu/:shop', orders).use('/us/:shop', orders)
    },
    path: '/us/SECRET/orders/42',
    want: '/us/:shop/orders/:id',
  },
  {
    name: 'of an application that is mounted on a parameter',
    mount: (app, handler) => app.use('/t/:t', express().get('/e/:id', handler)),
    path: '/t/SECRET/e/5',
    want: '/t/:t/e/:id',
  },
  {
    name: 'of an application that is mounted on a parameter, beside other middleware',
    mount: (app, handler) => {
      app.use('/:any', (_req, _res, next) => next())
      app.use(['/x/:x', '/t/:t'], (_req, _res, next) => next())
      app.use('/t/:t', express().get('/e/*rest', handler))
    },
    path: '/t/SECRET/e/5/6',
    want: '/t/:t/e/*rest',
  },
  {
    name: 'of a router behind a function',
    mount: (app, handler) => {
      const shop = Router().get('/orders/:id', handler)
      app.use('/shops/:shop', (req, res, next) => shop(req, res, next))
    },
    path: '/shops/SECRET/orders/42',
    want: '/shops/:shop/orders/:id',
  },
]

const ways: { readonly name: string; readonly answers: 'own' | 'express'; readonly handler: Handler }[] = [
  { name: 'that answers', answers: 'own', handler: (_request, response) => response.end() },
  {
    name: 'whose error the application answers',
    answers: 'own',
    handler: () => {
      throw new Error('thrown')
    },
  },
  {
    name: 'whose error Express answers',
    answers: 'express',
    handler: () => {
      throw new Error('thrown')
    },
  },
]

describe.each(ways)('a route $name is written as its template:', ({ answers, handler }) => {
  it.each(cases)('one $name', async ({ mount, path, want }) => {
    running = await TestServer.start(appWith((app) => mount(app, handler), { answers }))
    // The second time it may be known.
    for (let i = 0; i < 2; i++) await request(running.server).get(path)
    const lines = await running.settle(2)
    for (const line of lines) checkShape(line)
    expect(lines.map(({ route }) => route)).toEqual([want, want])
  })
})

interface OldLayer {
  rawPath?: unknown
  readonly handle: { readonly stack?: readonly OldLayer[] }
}

/** Takes from an application's layers what `router` keeps since its version 2.3. */
function forgetPaths(stack: readonly OldLayer[] = []): void {
  for (const layer of stack) {
    delete layer.rawPath
    forgetPaths(layer.handle.stack)
  }
}

/** What such a router does not tell: which of several paths there are, and what an expression takes. */
const older: readonly Case[] = [
  ...cases,
  {
    name: 'of a router that is mounted on several paths',
    mount: (app, handler) => app.use(['/v1', '/v2/:shop'], Router().get('/orders/:id', handler)),
    path: '/v2/SECRET/orders/42',
    want: '/v2/:shop/orders/:id',
  },
  {
    name: 'of a router that is mounted on a part that holds a parameter',
    mount: (app, handler) => app.use('/t/v:version', Router().get('/orders/:id', handler)),
    path: '/t/vSECRET/orders/42',
    want: '/*/orders/:id',
  },
  {
    name: 'of a router that is mounted on an expression',
    mount: (app, handler) => app.use(/^\/t\/[A-Z]+/, Router().get('/orders/:id', handler)),
    path: '/t/SECRET/orders/42',
    want: '/*/orders/:id',
  },
  {
    name: 'of a router of Express 4',
    mount: (app, handler) => app.use('/shops/:shop', express4.Router().get('/orders/:id', handler)),
    path: '/shops/SECRET/orders/42',
    want: '/shops/:shop/orders/:id',
  },
  {
    name: 'of a router within one of Express 4, whose path holds the same text twice',
    mount: (app, handler) => {
      const shops = express4.Router().use('/a/:shop', Router().use('/orders/:of', Router().get('/:id', handler)))
      app.use('/shops', shops)
    },
    path: '/shops/a/a/orders/orders/42',
    want: '/shops/a/:shop/orders/:of/:id',
  },
]

describe.each(ways)('with a router that keeps no paths, a route $name is written as its template:', (way) => {
  const { answers, handler } = way
  const make = (mount: Case['mount']): Parameters<typeof TestServer.start>[0] =>
    appWith(
      (app) => {
        mount(app, handler)
        forgetPaths((app as unknown as { router: { stack: OldLayer[] } }).router.stack)
      },
      { answers },
    )

  it.each(older)('one $name', async ({ mount, path, want }) => {
    running = await TestServer.start(make(mount))
    await request(running.server).get(path)
    const [line] = await running.settle(1)
    expect(line['route']).toBe(want)
  })

  it('one whose mount is spelled in many ways', async () => {
    running = await TestServer.start(make((app) => app.use('/shops/:shop', Router().get('/orders', handler))))
    for (const path of ['/Shops/A/orders', '/shops/b/orders', '/SHOPS/C/orders']) {
      await request(running.server).get(path)
    }
    const lines = await running.settle(3)
    expect(lines.map((line) => line['route'])).toEqual(Array<string>(3).fill('/Shops/:shop/orders'))
  })
})

describe.each([
  { version: 4, make: express4, router: () => express4.Router() },
  { version: 5, make: express, router: () => Router() },
])('a route of a mounted application, with Express $version,', ({ make, router }) => {
  const answer: Handler = (_request, response) => response.end()

  it.each<{ name: string; mount: (app: Express) => void; path: string; want: string }>([
    {
      name: 'on several paths',
      mount: (app) => app.use(['/v1/:shop', '/v2'], make().get('/orders/:id', answer)),
      path: '/v1/SECRET/orders/42',
      want: '(/v1/:shop|/v2)/orders/:id',
    },
    {
      name: 'on several paths, with several below',
      mount: (app) => app.use(['/v1', '/v2'], make().use(['/a', '/b/:b'], make().get('/orders/:id', answer))),
      path: '/v2/b/SECRET/orders/42',
      want: '(/v1|/v2)(/a|/b/:b)/orders/:id',
    },
    {
      name: 'on an expression',
      mount: (app) => app.use(/^\/v\d/, make().get('/orders/:id', answer)),
      path: '/v2/orders/42',
      want: String.raw`^\/v\d/orders/:id`,
    },
    {
      name: 'below one that is mounted on the root',
      mount: (app) => app.use(make().use('/v1', make().get('/orders/:id', answer))),
      path: '/v1/orders/42',
      want: '/v1/orders/:id',
    },
    {
      name: 'on a router',
      mount: (app) => app.use('/shops', router().use('/:shop', make().get('/orders/:id', answer))),
      path: '/shops/SECRET/orders/42',
      want: '/shops/:shop/orders/:id',
    },
    {
      name: 'on a router within one on a router',
      mount: (app) => {
        const inner = make().use('/b', router().use('/:b', make().get('/orders/:id', answer)))
        app.use('/a', router().use('/:a', inner))
      },
      path: '/a/SECRET/b/HUSH/orders/42',
      want: '/a/:a/b/:b/orders/:id',
    },
    {
      name: 'on a router that only an application knows which is mounted itself',
      mount: (app) => app.use('/a', make().use(router().use('/:b', make().get('/orders/:id', answer)))),
      path: '/a/SECRET/orders/42',
      want: '/a/*/orders/:id',
    },
    {
      name: 'in two places, at the first',
      mount: (app) => {
        const shop = make().get('/orders/:id', answer)
        app.use('/eu/:shop', shop).use(make()).use('/us/:shop', shop)
      },
      path: '/eu/SECRET/orders/42',
      want: '/eu/:shop/orders/:id',
    },
    {
      name: 'in two places, at the last',
      mount: (app) => {
        const shop = make().get('/orders/:id', answer)
        app.use('/eu/:shop', shop).use(make()).use('/us/:shop', shop)
      },
      path: '/us/SECRET/orders/42',
      want: '/us/:shop/orders/:id',
    },
    {
      name: 'on an expression, beside others',
      mount: (app) => app.use(make()).use(/^\/v\d/, make().get('/orders/:id', answer)),
      path: '/v2/orders/42',
      want: String.raw`^\/v\d/orders/:id`,
    },
    {
      name: 'on several paths, beside others',
      mount: (app) => app.use(make()).use(['/v1', '/v2/:shop'], make().get('/orders/:id', answer)),
      path: '/v2/SECRET/orders/42',
      want: '(/v1|/v2/:shop)/orders/:id',
    },
  ])('is written as one of a router is: $name', async ({ mount, path, want }) => {
    running = await TestServer.start(appWith(mount, { make }))
    await request(running.server).get(path).expect(200)
    const [line] = await running.settle(1)
    expect(line['route']).toBe(want)
  })

  it('is that of each place in turn, whichever came first', async () => {
    const shop = make().get('/orders/:id', answer)
    running = await TestServer.start(appWith((app) => app.use('/v1', shop).use('/v2', shop), { make }))
    const paths = ['/v1/orders/1', '/v2/orders/2', '/v1/orders/3']
    for (const path of paths) await request(running.server).get(path).expect(200)
    const lines = await running.settle(3)
    expect(lines.map(({ route }) => route)).toEqual(['/v1/orders/:id', '/v2/orders/:id', '/v1/orders/:id'])
  })

  it('has no mount of another application that has the same router', async () => {
    const shop = router().get('/orders/:id', answer)
    running = await TestServer.start((logger) => {
      const [first, second] = ['/v1', '/v2'].map((mount) => appWith((app) => app.use(mount, shop), { make })(logger))
      return (req, res) => (req.headers.host === 'first' ? first : second)(req, res)
    })
    for (const [host, path] of [
      ['first', '/v1/orders/1'],
      ['second', '/v2/orders/2'],
      ['first', '/v1/orders/3'],
    ]) {
      await request(running.server).get(path).set('host', host).expect(200)
    }
    const lines = await running.settle(3)
    expect(lines.map(({ route }) => route)).toEqual(['/v1/orders/:id', '/v2/orders/:id', '/v1/orders/:id'])
  })
})

describe('a route that several places have', () => {
  it('is not that of a mount which knows nothing of it', async () => {
    const shop = Router().get('/orders/:id', (_req, res) => void res.end())
    running = await TestServer.start(
      appWith((app) => app.use('/v2', Router()).use('/:shop', shop).use('/x/:shop', shop)),
    )
    await request(running.server).get('/v2/orders/42').expect(200)
    const [line] = await running.settle(1)
    expect(line['route']).toBe('/:shop/orders/:id')
  })
})

describe('a route that cannot be found, of an error', () => {
  const inner = (): Express => {
    const app = express()
    app.use(
      '/x/:y',
      Router().get('/e/:id', () => thrown()),
    )
    return app
  }
  const thrown = (): never => {
    throw new Error('thrown')
  }

  it.each<{ name: string; mount: (app: Express) => void; want: string }>([
    { name: 'in a mounted application', mount: (app) => app.use('/t/:t', inner()), want: '/t/:t/*/e/:id' },
    { name: 'on an expression', mount: (app) => app.use(/^\/t\/[A-Z]+/, inner()), want: '/*/e/:id' },
  ])('holds nothing that the request brought: $name', async ({ mount, want }) => {
    running = await TestServer.start(appWith(mount))
    await request(running.server).get('/t/SECRET/x/HUSH/e/5')
    const [line] = await running.settle(1)
    expect(line['route']).toBe(want)
  })
})

describe('what cannot be looked at for a route costs no line', () => {
  const options = { onError: () => undefined }
  const revoked = (): object => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  }

  it('without an application: a router on plain node:http', async () => {
    running = await TestServer.start((logger) => {
      const router = Router().use(requestLogger({ logger }))
      router.get('/orders/:id', (_request, response) => void response.end('ok'))
      router.use(
        '/:shop',
        Router().get('/lines/:line', (_request, response) => void response.end('ok')),
      )
      return (incoming, response) => router(incoming as Request, response as Response, () => response.end())
    })
    for (const path of ['/orders/42', '/SECRET/lines/1', '/']) await request(running.server).get(path).expect(200)
    const lines = await running.settle(3)
    expect(lines.map(({ route }) => route)).toEqual(['/orders/:id', '/*/lines/:line', undefined])
  })

  it('nor tells of a problem, where there is no route', async () => {
    const problems: Error[] = []
    running = await TestServer.start(
      appWith((app) => app.get('/', (_req, res) => void res.end())),
      { onError: (problem) => problems.push(problem) },
    )
    await request(running.server).get('/nowhere').expect(404)
    const [line] = await running.settle(1)
    expect(line).not.toHaveProperty('route')
    expect(problems).toEqual([])
  })

  it.each([
    { name: 'a route of null', change: { route: { value: null } }, want: undefined },
    { name: 'an application of null', change: { app: { value: null } }, want: '/orders/:id' },
    { name: 'a route that cannot be read', change: { route: { value: revoked() } }, want: undefined },
  ])('with $name', async ({ change, want }) => {
    const answer: Handler = (req, res) => {
      Object.defineProperties(req, change)
      res.send('ok')
    }
    running = await TestServer.start(
      appWith((app) => app.get('/orders/:id', answer)),
      options,
    )
    await request(running.server).get('/orders/42').expect(200)
    expect((await running.settle(1)).map(({ status, route }) => [status, route])).toEqual([[200, want]])
  })
})

describe('a route of Express 4', () => {
  it('of an application that is mounted on a parameter is written as its template', async () => {
    running = await TestServer.start(
      appWith(
        (app) => {
          const inner = express4()
          inner.get('/e/:id', () => {
            throw new Error('thrown')
          })
          app.use('/t/:t', inner)
        },
        { make: express4 },
      ),
    )
    await request(running.server).get('/t/SECRET/e/5')
    const [line] = await running.settle(1)
    expect(line).toMatchObject({ route: '/t/:t/e/:id', outcome: 'failed' })
  })
})
