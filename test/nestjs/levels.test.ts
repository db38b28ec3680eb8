import { type CanActivate, type ExecutionContext, Inject, Injectable, Module } from '@nestjs/common'
import { Logger, OptionError } from 'wideline'
import { type ContextLogger, InjectLogger, LoggerModule } from 'wideline/nestjs'
import { afterEach, describe, expect, it } from 'vitest'
import { type RunningApp, serve } from './support.js'

@Injectable()
class Keys {
  readonly admin = 'k-1'
}

@Module({ providers: [Keys], exports: [Keys] })
class KeysModule {}

@Injectable()
class AdminGuard implements CanActivate {
  constructor(@Inject(Keys) private readonly keys: Keys) {}

  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-key'] === this.keys.admin
  }
}

@Injectable()
class DbService {
  constructor(@InjectLogger('app.db') readonly log: ContextLogger) {}
}

describe.each(['express', 'fastify'] as const)('LoggerModule.levels() on %s', async (adapter) => {
  const shop: RunningApp = await serve({
    adapter,
    imports: [LoggerModule.levels({ path: 'admin/levels', guards: [AdminGuard], imports: [KeysModule] })],
    providers: [DbService],
    options: { name: 'app' },
  })
  const { log } = shop.app.get(DbService)
  const ask = async (method: string, names = '', body?: object) => {
    const path = `/admin/levels${names === '' ? '' : `/${names}`}`
    const answer = await shop.ask(path, {
      method,
      headers: { 'x-key': 'k-1' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: JSON.parse(answer.body) as unknown }
  }

  afterEach(() => {
    for (const names of ['', 'app.*', 'app.db']) shop.app.get(Logger).levels.reset(names)
  })

  it.each(['GET', 'PUT', 'DELETE'])('lets nobody %s whom the guard does not', async (method) => {
    const body = method === 'PUT' ? { body: '{"level":"silent"}' } : {}
    expect((await shop.ask('/admin/levels/app.db', { method, ...body })).status).toBe(403)
    expect(log.level).toBe('info')
  })

  it('lists names with their levels, and tells one', async () => {
    const { body } = await ask('GET')
    expect(body).toContainEqual({ name: 'app', level: 'info', isOwn: true })
    expect(body).toContainEqual({ name: 'app.db', level: 'info', isOwn: false })
    expect(await ask('GET', 'app.db')).toEqual({ status: 200, body: { names: 'app.db', level: 'info' } })
  })

  it('sets the level of a name, live, and takes it back', async () => {
    expect((await ask('PUT', 'app.db', { level: 'debug' })).status).toBe(200)
    expect(log.level).toBe('debug')
    log.debug('on')
    expect(shop.lines.all.some(({ msg, logger }) => msg === 'on' && logger === 'app.db')).toBe(true)
    expect((await ask('DELETE', 'app.db')).status).toBe(200)
    expect(log.level).toBe('info')
  })

  it("sets the root's, and everything below a name", async () => {
    await ask('PUT', '', { level: 'warn' })
    expect(shop.app.get(Logger).level).toBe('warn')
    await ask('PUT', 'app.*', { level: 'trace' })
    expect(log.level).toBe('trace')
  })

  it('sets a level that ends by itself', async () => {
    const { body } = await ask('PUT', 'app.db', { level: 'debug', forMs: 60_000 })
    expect(body).toContainEqual({
      name: 'app.db',
      level: 'debug',
      isOwn: true,
      until: expect.stringMatching(/^\d{4}-/),
    })
    const ended = new Promise((resolve) => {
      const stop = shop.app.get(Logger).levels.onChange(({ why }) => {
        if (why === 'expired') resolve(stop())
      })
    })
    await ask('PUT', 'app.db', { level: 'debug', forMs: 1 })
    await ended
    expect(log.level).toBe('info')
  })

  it.each([
    { names: 'app.db', body: { level: 'loud' }, message: /level.*must be/ },
    { names: 'app.db', body: {}, message: /level.*must be/ },
    { names: 'app.db', body: { level: 'info', forMs: -1 }, message: /forMs must be an integer/ },
    { names: 'app.db', body: { level: 'info', for: 1 }, message: /for must be/ },
    { names: 'a..b', body: { level: 'info' }, message: /names.*must be a dotted name/ },
  ])('answers $body of $names with 400 and what is wrong', async ({ names, body, message }) => {
    const answer = await ask('PUT', names, body)
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringMatching(message) } })
    expect(log.level).toBe('info')
  })

  it('answers a name that is none with 400 where its level is asked for', async () => {
    const message = expect.stringMatching(/name.*must be a dotted name/) as unknown
    expect(await ask('GET', 'a..b')).toMatchObject({ status: 400, body: { message } })
  })
})

it.each([
  { options: { guards: [] }, message: /^levels\.guards must be a list of guards, one at least/ },
  { options: {}, message: /^levels\.guards/ },
  {
    options: { guards: [AdminGuard], pth: 'x' },
    message: /^levels\.pth must be a known option \(did you mean path\?\)/,
  },
  { options: { guards: [AdminGuard], path: 7 }, message: /^levels\.path must be a path/ },
  { options: undefined, message: /^levels must be an object/ },
])('a wrong option is an OptionError: $message', ({ options, message }) => {
  const make = () => LoggerModule.levels(options as never)
  expect(make).toThrow(OptionError)
  expect(make).toThrow(message)
})
