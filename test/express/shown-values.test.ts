import express, { type Express } from 'express'
import request from 'supertest'
import { afterEach, describe, expect, it } from 'vitest'
import type { LoggerOptions } from 'wideline'
import { type RequestOptions } from 'wideline/express'
import { TestServer, type WideLine } from '../http/support.js'
import { appWith } from './app.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

const RULES: Omit<LoggerOptions, 'outputs'> = {
  secrets: ['pin'],
  redact: { keys: { iban: 'last4', note: 'remove' } },
}

function routes(app: Express): void {
  app.post('/forms', express.urlencoded(), (_req, res) => void res.send('ok'))
}

/** The line of one request under these options. */
async function lineOf(
  options: RequestOptions,
  ask: (server: TestServer['server']) => PromiseLike<unknown>,
  more: (app: Express) => void = () => undefined,
): Promise<WideLine> {
  running = await TestServer.start(
    appWith((app) => {
      routes(app)
      more(app)
    }, options),
    RULES,
  )
  await ask(running.server)
  const [line] = await running.settle(1)
  return line
}

describe('a form on the line', () => {
  const post = (form: string) =>
    lineOf({ body: { request: true } }, (server) => request(server).post('/forms').type('form').send(form))

  it('has no secrets, by each part of a name', async () => {
    const secret = 'user[password]=HUSH&cards[0][cvv]=HUSH&a.token=HUSH&token=HUSH&secret[]=HUSH&u%5Bp-i-n%5D=HUSH'
    const line = await post(`${secret}&user[name]=Ann&amount=5`)
    expect(line['requestBody']).toEqual({
      'user[password]': '[Redacted]',
      'cards[0][cvv]': '[Redacted]',
      'a.token': '[Redacted]',
      token: '[Redacted]',
      'secret[]': '[Redacted]',
      'u[p-i-n]': '[Redacted]',
      'user[name]': 'Ann',
      amount: '5',
    })
  })

  it('has its nested names hidden as the rules of their parts say', async () => {
    const line = await post('a[iban]=DE89370400440532013000&a[note]=HUSH&b=1')
    expect(line['requestBody']).toEqual({ 'a[iban]': expect.stringMatching(/^\D*3000$/), b: '1' })
  })
})

describe('URLs in the headers on the line', () => {
  const headers = {
    request: ['Referer', 'origin', 'x-plain'],
    response: ['location', 'content-location'],
  }
  const moving = (app: Express) =>
    app.get('/moved', (_req, res) => {
      res.setHeader('content-location', '//u:HUSH@a.example/x?t=HUSH')
      res.setHeader('location', 'https://u:HUSH@b.example/cb?code=HUSH&page=2#access_token=HUSH&page=3')
      res.status(302).end()
    })

  it('have no user where they stand among other text', async () => {
    const many = (app: Express) =>
      app.get('/moved', (_req, res) => {
        res.setHeader('refresh', '5; url=//u:HUSH@a.example/x?t=HUSH')
        res.setHeader('link', ['<https://u:HUSH@a.example/@a>; rel="next", <//u:H@SH@b.example/b>; rel="prev"', '</c>'])
        res.end()
      })
    const named = { response: ['link', 'refresh'] }
    const line = await lineOf({ headers: named }, (server) => request(server).get('/moved'), many)
    expect(line['responseHeaders']).toEqual({
      refresh: '5; url=//a.example/x?t=*',
      link: ['<https://a.example/@a>; rel="next", <//b.example/b>; rel="prev"', '</c>'],
    })
  })

  it('have no user behind a space either', async () => {
    const spaced = (app: Express) =>
      app.get('/moved', (_req, res) => void res.setHeader('location', ' //u:HUSH@b.example/cb').status(302).end())
    const line = await lineOf({ headers }, (server) => request(server).get('/moved'), spaced)
    expect(line['responseHeaders']).toEqual({ location: '//b.example/cb' })
  })

  it('are shown as the URL of the request is', async () => {
    const line = await lineOf(
      { headers, query: ['page'] },
      (server) =>
        request(server).get('/moved').redirects(0).set({
          referer: 'https://ann:HUSH@shop.example/reset?token=HUSH&page=4',
          origin: 'https://ann:HUSH@shop.example',
          'x-plain': 'a?b=c',
        }),
      moving,
    )
    expect(line).toMatchObject({
      requestHeaders: {
        referer: 'https://shop.example/reset?token=*&page=4',
        origin: 'https://shop.example',
        'x-plain': 'a?b=c',
      },
      responseHeaders: {
        'content-location': '//a.example/x?t=*',
        location: 'https://b.example/cb?code=*&page=2#access_token=*&page=3',
      },
    })
    expect(JSON.stringify(line)).not.toContain('HUSH')
  })

  it('are shown so where a proxy tells what it was asked for, and within links', async () => {
    const came = ['x-forwarded-uri', 'x-original-uri', 'x-original-url', 'x-rewrite-url']
    const line = await lineOf(
      { headers: { request: came, response: ['link', 'refresh'] } },
      (server) =>
        request(server)
          .get('/linked')
          .set(Object.fromEntries(came.map((name) => [name, '/reset?token=HUSH']))),
      (app) =>
        app.get('/linked', (_req, res) => {
          res.setHeader('link', '<https://u:HUSH@a.example/x?t=HUSH>; rel="next"')
          res.setHeader('refresh', '0; url=https://a.example/x?t=HUSH')
          res.end()
        }),
    )
    expect(line['requestHeaders']).toEqual(Object.fromEntries(came.map((name) => [name, '/reset?token=*'])))
    expect(line['responseHeaders']).toEqual({
      link: '<https://a.example/x?t=*',
      refresh: '0; url=https://a.example/x?t=*',
    })
  })

  it('are shown so however a header is spelled that is asked for', async () => {
    const line = await lineOf(
      { headers: { response: ['Location', 'Content-Location'] } },
      (server) => request(server).get('/moved').redirects(0),
      moving,
    )
    expect(Object.keys(line['responseHeaders'] as object)).toEqual(['location', 'content-location'])
    expect(JSON.stringify(line)).not.toContain('HUSH')
  })

  it('are shown so in the form of pino-http too', async () => {
    const line = await lineOf(
      { headers, preset: 'pino-http' },
      (server) => request(server).get('/moved').redirects(0).set('referer', 'https://u:HUSH@shop.example/?a=HUSH'),
      moving,
    )
    expect(line).toMatchObject({
      req: { headers: { referer: 'https://shop.example/?a=*' } },
      res: { headers: { location: 'https://b.example/cb?code=*&page=*#access_token=*&page=*' } },
    })
    expect(JSON.stringify(line)).not.toContain('HUSH')
  })
})

describe('parameters that are named', () => {
  it('are not shown where their names are secret to the logger', async () => {
    const query = ['page', 'token', 'api_key', 'pin', 'iban', 'user[password]', 'user[name]']
    const asked = '/forms?page=2&token=HUSH&api_key=HUSH&pin=HUSH&iban=HUSH&user[password]=HUSH&user[name]=Ann'
    const line = await lineOf({ query }, (server) => request(server).get(asked))
    expect(line['url']).toBe('/forms?page=2&token=*&api_key=*&pin=*&iban=*&user[password]=*&user[name]=Ann')
  })

  it('are shown where another logger alone calls them secret', async () => {
    running = await TestServer.start(appWith(routes, { query: ['pin', 'iban'] }))
    await request(running.server).get('/forms?pin=1&iban=2')
    expect(await running.settle(1)).toMatchObject([{ url: '/forms?pin=1&iban=2' }])
  })
})
