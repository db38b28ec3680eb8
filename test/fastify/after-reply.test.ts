import { connect, constants } from 'node:http2'
import { setImmediate } from 'node:timers/promises'
import { fastify, type FastifyInstance } from 'fastify'
import { createLogger } from 'wideline'
import { requestLog, requestLogger } from 'wideline/fastify'
import { afterAll, expect, it } from 'vitest'
import { signal } from '../http/support.js'
import { type Line, Lines } from '../nestjs/lines.js'
import { type Ask, ask, brief } from '../nestjs/support.js'

// Of an error that comes when the reply is out Fastify tells its own logger, if it has one, and no hook.

const lines = new Lines()
const app = fastify()
let entered = signal()
let left = signal()

const fail = async (after?: Promise<unknown>): Promise<never> => {
  await after
  throw new Error('late')
}

function addRoutes(to: FastifyInstance): void {
  to.get('/rejects', (_request, reply) => {
    void reply.send('ok')
    return fail()
  })
  to.get('/throws', (_request, reply) => {
    void reply.send('ok')
    throw new Error('late')
  })
  to.get('/by-hand', async (_request, reply) => {
    reply.hijack()
    reply.raw.end('ok')
    await fail()
  })
  to.get('/later', (_request, reply) => {
    void reply.send('ok')
    return fail(left.given)
  })
  to.get('/left', () => {
    entered.give()
    return fail(left.given)
  })
  to.get('/gives-up', async () => {
    entered.give()
    await left.given
    throw new DOMException('This operation was aborted', 'AbortError')
  })
  to.get('/fails-first', { onResponse: () => fail() }, () => {
    throw new Error('first')
  })
  to.get('/fails-twice', { onSend: () => fail() }, () => 'ok')
  to.get('/hook', { onResponse: () => fail() }, () => 'ok')
  to.get('/hook-later', { onResponse: () => fail(left.given) }, () => 'ok')
  to.get('/hook-throws', { onResponse: () => void fails() }, () => 'ok')
  to.get('/hook-calls', { onResponse: (_request, _reply, next) => next(new Error('late')) }, () => 'ok')
  to.get('/fine', { onResponse: (_request, _reply, next) => next() }, (_request, reply) => reply.send('ok'))
  to.setNotFoundHandler((_request, reply) => {
    void reply.send('none')
    return fail()
  })
}

function fails(): never {
  throw new Error('late')
}

const registered = app.register(requestLogger, { logger: createLogger({ outputs: [lines] }) })
// Not awaited: these routes are there before the plugin is.
addRoutes(app)
await registered
await app.listen({ port: 0, host: '127.0.0.1' })
const { port } = app.server.address() as { port: number }
afterAll(() => app.close())

let asked = 0
async function wide(path: string, how: Ask = {}): Promise<Line> {
  const id = `after-${++asked}`
  await ask(port, path, { ...how, headers: { 'x-request-id': id } })
  return lines.next((line) => line['requestId'] === id && 'outcome' in line)
}

const othersOf = ({ requestId }: Line): Line[] =>
  lines.all.filter((line) => line['requestId'] === requestId && !('outcome' in line))

it.each(['/rejects', '/throws', '/by-hand', '/hook', '/hook-throws', '/hook-calls'])(
  'tells on the line what fails after the reply of %s',
  async (path) => {
    for (let time = 0; time < 2; time++) {
      const line = await wide(path)
      expect(brief(line)).toBe(`error 200 failed · ${path} · - · Error: late`)
      await setImmediate()
      expect(othersOf(line)).toEqual([])
    }
  },
)

it('tells it of an unknown route, too', async () => {
  expect(brief(await wide('/nowhere'))).toMatch(/^error .* Error: late$/)
})

it.each(['/later', '/hook-later'])('gives it a line of its own where the one of %s is written', async (path) => {
  left = signal()
  const line = await wide(`${path}?token=hush`)
  expect(brief(line)).toBe(`info 200 completed · ${path} · - · -`)
  left.give()
  const late = await lines.next((each) => each['requestId'] === line['requestId'] && each['late'] === true)
  expect(late).toMatchObject({ level: 'error', msg: 'request failed after its reply', error: { message: 'late' } })
})

it('gives it a line of its own where the line has another error', async () => {
  const line = await wide('/fails-first')
  expect(brief(line)).toBe('error 500 failed · /fails-first · - · Error: first')
  expect(othersOf(line)).toMatchObject([{ level: 'error', error: { message: 'late' } }])
})

it('does not say of one that comes again before the reply that it came after', async () => {
  const line = await wide('/fails-twice')
  expect(brief(line)).toBe('error 500 failed · /fails-twice · - · Error: late')
  expect(othersOf(line)).toMatchObject([{ level: 'error', msg: 'request failed again before its reply' }])
})

it('tells of a handler that fails when its client has left, but not for that', async () => {
  for (const path of ['/left', '/gives-up']) {
    ;[entered, left] = [signal(), signal()]
    const line = await wide(path, { hangUpWhen: entered.given })
    expect(brief(line)).toBe(`warn - aborted · ${path} · - · -`)
    left.give()
    for (let turn = 0; turn < 5; turn++) await setImmediate()
    const want = path === '/left' ? [{ level: 'error', late: true, error: { message: 'late' } }] : []
    expect(othersOf(line)).toMatchObject(want)
  }
})

it('hides of the error what the line hides of the URL', async () => {
  const other = fastify()
  await other.register(requestLogger, { logger: createLogger({ outputs: [lines] }) })
  other.get('/', async (request, reply) => {
    await reply.send('ok')
    while (!requestLog(request).isClosed) await setImmediate()
    throw new Error(`no answer to ${request.url}`)
  })
  await other.inject('/?token=hush')
  const late = await lines.next(({ error }) => JSON.stringify(error)?.includes('no answer to'))
  expect(late).toMatchObject({ error: { message: 'no answer to /?token=*' } })
  expect(lines.text).not.toContain('hush')
})

it('leaves alone what does not fail', async () => {
  const line = await wide('/fine')
  expect(brief(line)).toBe('info 200 completed · /fine · - · -')
  expect(othersOf(line)).toEqual([])
})

it.each([
  { name: 'a parser finds that its body ended too soon', path: '/', promised: 100 },
  { name: 'a handler gives up', path: '/gives-up', promised: undefined },
])('tells nothing more on HTTP/2 where the client leaves, and $name', async ({ path, promised }) => {
  const kept = new Lines()
  const second = fastify({ http2: true })
  await second.register(requestLogger, { logger: createLogger({ outputs: [kept] }) })
  entered = signal()
  left = signal()
  const failed = signal()
  second.addHook('preParsing', (_request, _reply, payload, next) => {
    if (promised !== undefined) entered.give()
    next(null, payload)
  })
  second.addHook('onError', (_request, _reply, _error, next) => {
    failed.give()
    next()
  })
  second.post('/', () => 'ok')
  second.get('/gives-up', async () => {
    entered.give()
    await left.given
    throw new DOMException('This operation was aborted', 'AbortError')
  })
  await second.listen({ port: 0, host: '127.0.0.1' })
  const session = connect(`http://127.0.0.1:${(second.server.address() as { port: number }).port}`)
  const stream = session.request({
    ':method': promised === undefined ? 'GET' : 'POST',
    ':path': path,
    ...(promised === undefined ? {} : { 'content-type': 'application/json', 'content-length': promised }),
  })
  stream.on('error', () => undefined)
  if (promised !== undefined) stream.write('{"a":')
  await entered.given
  stream.close(constants.NGHTTP2_CANCEL)
  await kept.next((line) => 'outcome' in line)
  left.give()
  await failed.given
  await setImmediate()
  session.destroy()
  await second.close()
  expect(kept.all.map(({ msg }) => msg)).toEqual(['request aborted'])
})
