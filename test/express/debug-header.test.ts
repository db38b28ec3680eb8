import express from 'express'
import request from 'supertest'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ContextLogger, createLogger, json, memory, type MemoryOutput, OptionError } from 'wideline'
import { type DebugOptions, requestLogger, signDebugHeader } from 'wideline/express'

const KEY = 'a key of sixteen or more'

afterEach(() => {
  vi.useRealTimers()
})

function serve(debug?: DebugOptions): { app: express.Express; output: MemoryOutput } {
  const output = memory()
  const logger = createLogger({ outputs: [{ output, encoder: json() }] })
  const service = new ContextLogger(logger, 'OrdersService')
  const app = express()
  app.use(requestLogger({ logger, ...(debug !== undefined && { debug }) }))
  app.get('/', (req, res) => {
    req.log.debug('in the handler')
    req.log.child({ part: 1 }).debug('in a child')
    service.debug('in a service')
    req.log.trace('too deep')
    res.json({})
  })
  return { app, output }
}

async function debugLines(debug: DebugOptions | undefined, header: string, name = 'x-log-debug'): Promise<string[]> {
  const { app, output } = serve(debug)
  await request(app).get('/').set(name, header).expect(200)
  await request(app).get('/').expect(200)
  return output
    .parsed<{ level: string; msg: string }>()
    .filter(({ level }) => level !== 'info')
    .map(({ msg }) => msg)
}

const EVERY = ['in the handler', 'in a child', 'in a service']

describe('a signed header', () => {
  it('shows the debug lines of its one request, in every part of the application', async () => {
    expect(await debugLines({ keys: [KEY] }, signDebugHeader({ key: KEY }))).toEqual(EVERY)
  })

  it('may ask for a deeper level, under another name, by any of several keys', async () => {
    const debug = { keys: ['another key of sixteen', KEY], header: 'X-Debug' }
    const header = signDebugHeader({ key: KEY, level: 'trace', forMs: 1000 })
    expect(await debugLines(debug, header, 'x-debug')).toEqual([...EVERY, 'too deep'])
  })

  const good = (): string => signDebugHeader({ key: KEY })
  it.each<{ name: string; header: () => string }>([
    { name: 'signed with another key', header: () => signDebugHeader({ key: `${KEY}!` }) },
    { name: 'without its signature', header: () => good().slice(0, good().lastIndexOf('.')) },
    { name: 'with another level', header: () => good().replace('.debug.', '.trace.') },
    {
      name: 'with a later expiry',
      header: () =>
        good().replace(/\.([0-9a-z]{8})\./, (_, at: string) => `.${(Number.parseInt(at, 36) + 1).toString(36)}.`),
    },
    {
      name: 'with a changed signature',
      // Its first character: all bits of that count.
      header: () =>
        good().replace(/\.([^.])([^.]*)$/, (_, first: string, rest: string) => `.${first === 'A' ? 'B' : 'A'}${rest}`),
    },
    { name: 'signed for longer than is allowed', header: () => signDebugHeader({ key: KEY, forMs: 4_000_000 }) },
    { name: 'with a level that is none', header: () => good().replace('.debug.', '.toString.') },
    { name: 'with rubbish', header: () => 'v1.debug' },
    { name: 'too long', header: () => good() + 'A'.repeat(500) },
  ])('$name shows nothing', async ({ header }) => {
    expect(await debugLines({ keys: [KEY] }, header())).toEqual([])
  })

  it('shows nothing once it has expired', async () => {
    const header = signDebugHeader({ key: KEY, forMs: 1000 })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1001 })
    expect(await debugLines({ keys: [KEY] }, header)).toEqual([])
  })

  it('is not looked at where nothing is said of keys', async () => {
    expect(await debugLines(undefined, good())).toEqual([])
  })

  it.each<{ make: () => unknown; want: string }>([
    { make: () => serve({ keys: [] }), want: 'requestLogger.debug.keys must be a list of keys' },
    { make: () => serve({ keys: 'k'.repeat(16) as never }), want: 'debug.keys must be a list of keys, got "string"' },
    {
      make: () => serve({ keys: ['short'] }),
      want: 'requestLogger.debug.keys[0] must be a text of at least 16 characters, got "string"',
    },
    {
      make: () => serve({ keys: [KEY], head: 'x' } as never),
      want: 'requestLogger.debug.head must be a known option (did you mean header?), got "head"',
    },
    {
      make: () => signDebugHeader({ key: KEY, level: 'loud' as never }),
      want: 'signDebugHeader.level must be the name of a level',
    },
    {
      make: () => signDebugHeader({ key: KEY, forMS: 1000 } as never),
      want: 'signDebugHeader.forMS must be a known option (did you mean forMs?), got "forMS"',
    },
    { make: () => signDebugHeader(null as never), want: 'signDebugHeader must be an object, got null' },
  ])('is refused where it cannot be made: $want', ({ make, want }) => {
    expect(make).toThrow(OptionError)
    expect(make).toThrow(want)
  })
})
