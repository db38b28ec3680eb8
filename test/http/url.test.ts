import { Agent, get } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { safeUrl } from '../../integrations/http/url.js'
import { startPlain, type TestServer } from './support.js'
import { runs } from '../runs.js'

let server: TestServer
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

beforeAll(async () => {
  const started = await startPlain((log, { url = '', headers }, response) => {
    if (headers['x-throw'] === 'text') log.setError(new Error(`Cannot GET ${url}`))
    if (headers['x-throw'] === 'cause') log.setError(new Error('failed', { cause: new Error(`Cannot GET ${url}`) }))
    if (headers['x-throw'] === 'several') log.setError(new AggregateError([new Error(`Cannot GET ${url}`)], 'failed'))
    if (headers['x-throw'] === 'part') log.setError(new Error(`Cannot GET ${url.slice(url.lastIndexOf('/'))}`))
    response.end()
  })
  server = started.server
})

afterAll(async () => {
  agent.destroy()
  await server.stop()
})

/** The line, as text, of one request for a path. */
async function lineOf(path: string, headers: Record<string, string> = {}): Promise<string> {
  const before = server.wideLines().length
  await new Promise<void>((resolve, reject) => {
    get({ port: server.port, host: '127.0.0.1', path, agent, headers }, (response) => {
      response.resume().once('end', resolve)
    }).once('error', reject)
  })
  const lines = await server.waitFor(before + 1)
  return JSON.stringify(lines[before])
}

async function urlOf(path: string): Promise<unknown> {
  return (JSON.parse(await lineOf(path)) as { url: unknown }).url
}

describe('the url of a line', () => {
  it.each([
    { name: 'a path alone', path: '/orders/42', want: '/orders/42' },
    { name: 'one value', path: '/orders?token=s3cret', want: '/orders?token=*' },
    { name: 'several values', path: '/orders?page=1&token=s3cret&x=', want: '/orders?page=*&token=*&x=*' },
    { name: 'a value with an equals sign', path: '/o?a=b=c', want: '/o?a=*' },
    { name: 'a value with a question mark', path: '/o?a=b?c=d', want: '/o?a=*' },
    { name: 'a value with a hash', path: '/o?a=b#c=d', want: '/o?a=*' },
    { name: 'a value in a fragment', path: '/o#token=s3cret&x=1', want: '/o#token=*&x=*' },
    { name: 'a fragment with a question mark', path: '/o#token=s3cret?a=b', want: '/o#token=*' },
    { name: 'a fragment without values', path: '/o#top', want: '/o#top' },
    { name: 'a key without a value', path: '/o?debug', want: '/o?debug' },
    { name: 'a query without anything', path: '/o?', want: '/o?' },
    { name: 'a repeated key', path: '/o?a=1&a=2', want: '/o?a=*&a=*' },
    { name: 'a value without a key', path: '/o?=s3cret', want: '/o?=*' },
    { name: 'an encoded value', path: '/o?q=%73%33', want: '/o?q=*' },
    { name: 'an at sign that is in the path', path: 'http://shop/@ann?a=b', want: 'http://shop/@ann?a=*' },
    { name: 'an at sign in a password', path: 'http://ann:p@ss@shop/@bob', want: 'http://shop/@bob' },
    { name: 'an at sign without a path', path: 'http://ann@shop', want: 'http://shop' },
    { name: 'a key in brackets', path: '/o?filter[name]=x', want: '/o?filter[name]=*' },
  ])('keeps path and keys and hides values: $name', async ({ path, want }) => {
    expect(await urlOf(path)).toBe(want)
  })

  it('holds no value of any query', async () => {
    const from = (letters: string) => fc.constantFrom(...letters.split(''))
    const key = fc.string({ unit: from('abcdefghij[]._-%'), maxLength: 8 })
    const value = fc.string({ unit: from('klmnopqrst0123456789=?#/;:@!$\'()*+,-._~%"<>{}|^`'), maxLength: 30 })
    const pairs = fc.array(fc.tuple(key, value), { maxLength: 8 })
    const path = fc.string({ unit: from('uvwxyz/-'), maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(path, pairs, async (text, query) => {
        const sent = `/${text}?${query.map(([name, hidden]) => `${name}=${hidden}`).join('&')}`
        expect(await urlOf(sent)).toBe(`/${text}?${query.map(([name]) => `${name}=*`).join('&')}`)
      }),
      { numRuns: runs(500), endOnFailure: true },
    )
  })

  it.each([
    { name: 'path', path: `/${'a'.repeat(6000)}` },
    { name: 'value', path: `/o?token=${'s'.repeat(6000)}` },
    { name: 'list of values', path: `/o?${Array.from({ length: 1500 }, (_, i) => `k${i}=v`).join('&')}` },
  ])('stays short when the $name is long', async ({ path }) => {
    const url = String(await urlOf(path))
    expect(url.length).toBeLessThanOrEqual(2049)
    expect(url).not.toContain('=s')
    expect(url).not.toContain('=v')
  })
})

describe('a url that somebody has rewritten', () => {
  it.each([
    { name: 'letters beyond Latin-1', url: '/ö/日本?名=秘密&a=ß&b', want: '/ö/日本?名=*&a=ß&b' },
    { name: 'letters beyond Latin-1 in what is hidden alone', url: '/o?b=秘密&a=é', want: '/o?b=*&a=é' },
    { name: 'nothing between signs, over and over', url: `/o?${'=&'.repeat(1000)}`, want: `/o?${'=*&'.repeat(1000)}` },
    { name: 'more than is written', url: `/o?${'k=v&'.repeat(600)}`, want: `/o?${'k=*&'.repeat(511)}k…` },
  ])('keeps its keys: $name', ({ url, want }) => {
    expect(safeUrl(url, new Set(['a']))).toBe(want)
  })
})

describe('an error that repeats the url', () => {
  it.each([
    { name: 'in its message and stack', how: 'text' },
    { name: 'in its cause', how: 'cause' },
    { name: 'in one of several errors', how: 'several' },
    { name: 'as a mounted router sees it, without the path it is mounted on', how: 'part' },
  ])('shows no value of its query: $name', async ({ how }) => {
    const line = await lineOf('/orders/42?token=s3cret&page=31337', { 'x-throw': how })
    expect(line).toContain('Cannot GET')
    expect(line).not.toContain('s3cret')
    expect(line).not.toContain('31337')
  })

  it.each([
    { name: 'a fragment', path: '/o#token=s3cret', want: '/o#token=*' },
    { name: 'a fragment before a query', path: '/o#token=s3cret?page=1', want: '/o#token=*' },
    { name: 'a user', path: 'http://ann:s3cret@shop/o', want: 'http://shop/o' },
    { name: 'a user and a query', path: 'http://ann:s3cret@shop/o?token=s3cret', want: 'http://shop/o?token=*' },
  ])('shows no value of $name', async ({ path: asked, want }) => {
    for (const how of ['text', 'cause', 'several']) {
      const line = await lineOf(asked, { 'x-throw': how })
      expect(line).toContain(`Cannot GET ${want}`)
      expect(line).not.toContain('s3cret')
    }
  })

  it('keeps its own text for the application', async () => {
    const error = new Error('Cannot GET /o?token=s3cret')
    const { server: other } = await startPlain((log, _request, response) => {
      log.setError(error)
      response.end()
    })
    await new Promise((resolve) => get({ port: other.port, host: '127.0.0.1', path: '/o?token=s3cret' }, resolve))
    const [line] = await other.settle(1)
    expect(line.error).toMatchObject({ type: 'Error', message: 'Cannot GET /o?token=*' })
    expect(error.message).toBe('Cannot GET /o?token=s3cret')
  })

  const path = '/o?token=s3cret'
  const said = (options?: ErrorOptions): Error => new Error(`Cannot GET ${path}`, options)
  const chain = (length: number): Error => {
    let error = said()
    for (let i = 0; i < length; i++) error = said({ cause: error })
    return error
  }
  const holding = (errors: unknown, cause?: Error): Error => Object.assign(said({ cause }), { errors })
  const throws = { get: (): never => raise('unreadable') }
  const revoked = Proxy.revocable([], {})
  revoked.revoke()

  it.each([
    { name: 'beside a long chain of causes', error: holding([said()], chain(100)) },
    { name: 'in many errors', error: holding(Array.from({ length: 200 }, () => said())) },
    { name: 'behind an error that cannot be read', error: holding(Object.defineProperty([said(), 1], 1, throws)) },
    { name: 'in a list that is not copied', error: holding(Object.defineProperty([said()], 'map', throws)) },
    { name: 'beside a list that is gone', error: holding(revoked.proxy) },
    { name: 'beside more errors than there can be', error: holding(new Array(2 ** 32 - 1)) },
  ])('is written, soon and without values: $name', async ({ error }) => {
    const { server: other } = await startPlain((log, _request, response) => {
      log.setError(error)
      response.end()
    })
    await new Promise((resolve) => get({ port: other.port, host: '127.0.0.1', path }, resolve))
    const [line] = await other.settle(1)
    expect(line.error).toMatchObject({ type: 'Error', message: 'Cannot GET /o?token=*' })
    expect(JSON.stringify(line)).not.toContain('s3cret')
    await other.stop()
  })
})

function raise(message: string): never {
  throw new Error(message)
}
