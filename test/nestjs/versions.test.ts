import {
  Controller,
  Get,
  type INestApplication,
  VERSION_NEUTRAL,
  Version,
  type VersioningOptions,
  VersioningType,
} from '@nestjs/common'
import { describe, expect, it } from 'vitest'
import { brief, type RunningApp, serve } from './support.js'

@Controller('both')
class VersionsController {
  @Version('1') @Get() one(): string {
    return 'one'
  }

  @Version('2') @Get() two(): string {
    return 'two'
  }

  @Version(['3', '4']) @Get() many(): void {
    throw new Error('3 or 4')
  }
}

@Controller({ path: 'orders', version: '1' })
class OrdersController {
  @Get(':id') show(): string {
    return 'one'
  }
}

@Controller({ path: 'health', version: VERSION_NEUTRAL })
class HealthController {
  @Get() ok(): string {
    return 'ok'
  }
}

@Controller({ path: 'host', host: 'a.example.com', version: VERSION_NEUTRAL })
class HostController {
  @Get() only(): string {
    return 'a'
  }
}

@Controller({ path: 'host', host: ':tenant.example.org', version: VERSION_NEUTRAL })
class TenantController {
  @Get() any(): string {
    return 'any'
  }
}

const controllers = [VersionsController, OrdersController, HealthController, HostController, TenantController]

function serveWith(versioning: VersioningOptions): Promise<RunningApp> {
  return serve({
    controllers,
    prepare: (app: INestApplication) => app.setGlobalPrefix('api').enableVersioning(versioning),
  })
}

describe('with versions in the path', async () => {
  const shop = await serveWith({ type: VersioningType.URI, defaultVersion: '1' })

  it.each([
    { path: '/api/v1/orders/7', want: 'info 200 completed · /api/v1/orders/:id · OrdersController.show · -' },
    { path: '/api/v1/both', want: 'info 200 completed · /api/v1/both · VersionsController.one · -' },
    { path: '/api/v2/both', want: 'info 200 completed · /api/v2/both · VersionsController.two · -' },
    { path: '/api/v3/both', want: 'error 500 failed · /api/v3/both · VersionsController.many · Error: 3 or 4' },
    { path: '/api/v4/both', want: 'error 500 failed · /api/v4/both · VersionsController.many · Error: 3 or 4' },
    {
      path: '/api/v5/both',
      want: 'warn 404 completed · - · - · NotFoundException: Cannot GET /api/v5/both',
    },
    { path: '/api/health', want: 'info 200 completed · /api/health · HealthController.ok · -' },
  ])('$path is served by the handler of that version', async ({ path, want }) => {
    expect(brief((await shop.wide(path)).line)).toBe(want)
  })

  it('each request has exactly one wide line', async () => {
    expect(await shop.close()).toEqual([])
  })
})

describe.each([
  {
    kind: 'a header',
    versioning: { type: VersioningType.HEADER, header: 'x-v' } as const,
    headers: (version: string) => ({ 'x-v': version }),
  },
  {
    kind: 'the media type',
    versioning: { type: VersioningType.MEDIA_TYPE, key: 'v=' } as const,
    headers: (version: string) => ({ accept: `application/json;v=${version}` }),
  },
  {
    kind: 'a function of the request',
    versioning: {
      type: VersioningType.CUSTOM,
      extractor: (request: unknown) => String((request as { headers: Record<string, string> }).headers['x-custom']),
    } as const,
    headers: (version: string) => ({ 'x-custom': version }),
  },
])('with versions in $kind', async ({ versioning, headers }) => {
  const shop = await serveWith(versioning)

  it.each([
    { version: '1', want: 'info 200 completed · /api/both · VersionsController.one · -' },
    { version: '2', want: 'info 200 completed · /api/both · VersionsController.two · -' },
    { version: '4', want: 'error 500 failed · /api/both · VersionsController.many · Error: 3 or 4' },
    // Handlers of other versions were asked and have passed: none of them served it.
    { version: '9', want: 'warn 404 completed · - · - · NotFoundException: Cannot GET /api/both' },
  ])('version $version is served by its own handler', async ({ version, want }) => {
    expect(brief((await shop.wide('/api/both', { headers: headers(version) })).line)).toBe(want)
  })

  it('each request has exactly one wide line', async () => {
    expect(await shop.close()).toEqual([])
  })
})

describe('with controllers of hosts', async () => {
  const shop = await serve({ controllers })

  it.each([
    { host: 'a.example.com', want: 'info 200 completed · /host · HostController.only · -' },
    { host: 'b.example.org', want: 'info 200 completed · /host · TenantController.any · -' },
    { host: 'c.example.net', want: 'warn 404 completed · - · - · NotFoundException: Cannot GET /host' },
  ])('$host is served by its own handler', async ({ host, want }) => {
    expect(brief((await shop.wide('/host', { headers: { host } })).line)).toBe(want)
  })

  it('each request has exactly one wide line', async () => {
    expect(await shop.close()).toEqual([])
  })
})

describe('with a controller of a host on Fastify, where nothing is passed on', async () => {
  const shop = await serve({ controllers: [HostController], adapter: 'fastify' })

  it.each([
    { host: 'a.example.com', want: 'info 200 completed · /host · HostController.only · -' },
    { host: 'c.example.net', want: 'warn 404 completed · - · - · NotFoundException: Cannot GET /host' },
  ])('$host is served by its own handler', async ({ host, want }) => {
    expect(brief((await shop.wide('/host', { headers: { host } })).line)).toBe(want)
  })

  it('each request has exactly one wide line', async () => {
    expect(await shop.close()).toEqual([])
  })
})

it('routes that Nest sorts before it registers them are known too', async () => {
  const shop = await serve({ controllers, create: { routeResolutionStrategy: 'specificity' } })
  const { line } = await shop.wide('/orders/7')
  expect(brief(line)).toBe('info 200 completed · /orders/:id · OrdersController.show · -')
  expect(await shop.close()).toEqual([])
})
