import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { wideKeysOf } from '../../integrations/http/wide-keys.js'
import {
  ERROR_TYPE,
  errorTypeOf,
  SEMANTIC_NAMES,
  semanticMethod,
  URL_PATH,
  URL_QUERY,
} from '../../integrations/opentelemetry/http-semantics.js'
import {
  ACTIVE_REQUESTS,
  DURATION_BOUNDARIES,
  REQUEST_DURATION,
} from '../../integrations/opentelemetry/request-metrics.js'
import { protocolVersionOf, schemeOf } from '../../integrations/opentelemetry/request-parts.js'
import { otelPreset } from '../../src/encoders/presets/otel.js'

const load = createRequire(import.meta.url)
/** The published registry of the semantic conventions: stable names, and those that are in the making. */
const registry = {
  ...(load('@opentelemetry/semantic-conventions') as Record<string, unknown>),
  ...(load('@opentelemetry/semantic-conventions/incubating') as Record<string, unknown>),
}
const published = new Set(Object.values(registry).filter((value) => typeof value === 'string'))
const deprecated = deprecatedNames()

/** Names whose declarations say that they are not to be used any more. */
function deprecatedNames(): ReadonlySet<string> {
  const folder = path.dirname(load.resolve('@opentelemetry/semantic-conventions'))
  const found = new Set<string>()
  for (const name of fs.readdirSync(folder).filter((each) => each.endsWith('.d.cts'))) {
    const text = fs.readFileSync(path.join(folder, name), 'utf8')
    for (const [, comment, value] of text.matchAll(
      /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*(?:export )?declare const \w+: "([^"]+)"/g,
    )) {
      if (comment.includes('@deprecated')) found.add(value)
    }
  }
  return found
}

/** Names of ours that the conventions have none for. */
const OWN = new Set([
  'requestId',
  'outcome',
  'firstByteMs',
  'parent_span_id',
  'trace_id',
  'span_id',
  'requestHeaders',
  'responseHeaders',
  'requestBody',
  'responseBody',
  'upgrade',
  'slow',
  'share',
  'droppedLines',
  'shutdown',
  'error',
])

function unknown(names: Iterable<string>): string[] {
  return [...names].filter((name) => name !== '' && !OWN.has(name) && (!published.has(name) || deprecated.has(name)))
}

describe('names of the semantic conventions', () => {
  it('are published, and not deprecated, in what the bridge makes of a wide line', () => {
    expect(unknown(Object.values(SEMANTIC_NAMES))).toEqual([])
    expect(unknown([URL_PATH, URL_QUERY, ERROR_TYPE, 'http.request.method_original'])).toEqual([])
  })

  it('are published, and not deprecated, in the preset of the wide line itself', () => {
    const { names, reserved } = wideKeysOf('requestLogger', 'otel', {})
    expect(unknown(Object.values(names))).toEqual([])
    expect(unknown(reserved)).toEqual([])
  })

  it("are published, and not deprecated, in json()'s preset", () => {
    const { slots, error } = otelPreset()
    const inside = slots.filter((slot) => slot.isInside).map(({ to }) => to)
    expect(unknown([...inside, ...error.keys])).toEqual([])
  })

  it('are published, and not deprecated, in metrics and spans', () => {
    expect(unknown([REQUEST_DURATION, ACTIVE_REQUESTS])).toEqual([])
    expect(
      unknown([
        'http.request.method',
        'url.scheme',
        'http.route',
        'http.response.status_code',
        'network.protocol.version',
        'error.type',
        'client.address',
        'user_agent.original',
        'code.function.name',
      ]),
    ).toEqual([])
  })

  it('are the same in the bridge, the preset of the wide line and that of json()', () => {
    const { names } = wideKeysOf('requestLogger', 'otel', {})
    const slots = new Map(otelPreset().slots.map(({ from, to }) => [from, to]))
    const keys = Object.keys(SEMANTIC_NAMES)
    expect(Object.fromEntries(keys.map((key) => [key, names[key as keyof typeof names]]))).toEqual(SEMANTIC_NAMES)
    expect(Object.fromEntries(keys.map((key) => [key, slots.get(key)]))).toEqual(SEMANTIC_NAMES)
  })

  it('are methods as RFC 9110 has them, and _OTHER for all else', () => {
    const known = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE']
    expect(known.map(semanticMethod)).toEqual(known)
    expect(['GET', 'POST', 'QUERY', 'get', 'PURGE', '', undefined].map(semanticMethod)).toEqual([
      'GET',
      'POST',
      'QUERY',
      '_OTHER',
      '_OTHER',
      '_OTHER',
      '_OTHER',
    ])
  })

  it("are error types: the class's where the error has no name of its own, in 100 characters, else the status", () => {
    class OutOfStock extends Error {}
    const long = Object.assign(new Error('x'), { name: 'x'.repeat(1_000) })
    const errors = [new RangeError('x'), new OutOfStock('x'), new Error('x'), long, 'thrown', undefined]
    expect(errors.map((error) => errorTypeOf(error, 503))).toEqual([
      'RangeError',
      'OutOfStock',
      'Error',
      'x'.repeat(100),
      '503',
      '503',
    ])
    const nameless = Object.assign(new (class extends Error {})('x'), { name: '' })
    const bare = new (class extends Error {})('x')
    Object.defineProperty(bare.constructor, 'name', { value: '' })
    const refusing = Object.defineProperty(new Error('x'), 'name', { get: () => expect.fail() })
    expect([nameless, bare, refusing].map((error) => errorTypeOf(error, 503))).toEqual(['503', 'Error', '503'])
    expect([undefined, 0].map((status) => errorTypeOf(undefined, status))).toEqual(['_OTHER', '_OTHER'])
  })

  it('are scheme and version of the connection, of a request as of what a framework has around it', () => {
    const secure = { httpVersion: '2.0', socket: { encrypted: true } }
    const plain = { httpVersion: '1.1', socket: { encrypted: false } }
    const requests = [
      secure,
      { raw: secure },
      plain,
      { ...plain, raw: null },
      { httpVersion: 2, socket: {} },
      undefined,
    ]
    expect(requests.map((each) => [schemeOf(each), protocolVersionOf(each)])).toEqual([
      ['https', '2'],
      ['https', '2'],
      ['http', '1.1'],
      ['http', '1.1'],
      ['http', undefined],
      ['http', undefined],
    ])
  })

  it('are boundaries in seconds, rising', () => {
    expect(DURATION_BOUNDARIES).toEqual(DURATION_BOUNDARIES.toSorted((a, b) => a - b))
    expect(DURATION_BOUNDARIES).toHaveLength(14)
  })

  it('would not be found if they were made up or deprecated (control)', () => {
    expect(unknown(['http.request.verb'])).toEqual(['http.request.verb'])
    expect(unknown(['http.status_code'])).toEqual(['http.status_code'])
  })
})
