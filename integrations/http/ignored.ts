import type { IncomingMessage, ServerResponse } from 'node:http'
import { atOnce } from '../../src/index.js'
import { givenResponse } from './given-response.js'
import type { RequestFunction } from './request-function.js'

/** A path from its `/` on, exactly or up to a `*` at its end; a pattern for the path; a predicate. */
export type Ignored = string | RegExp | RequestFunction<boolean>

/** Whether a request gets no wide line. */
export type Ignores = (
  request: IncomingMessage,
  path: string,
  response: ServerResponse | undefined,
  error: unknown,
) => boolean

/** A path as requests have it, without a query: no request would match another text. */
const PATH = /^(?:\/[^*?#]*)?\*?$/

function isIgnored(value: unknown): value is Ignored {
  return (
    (typeof value === 'string' && value !== '' && PATH.test(value)) ||
    typeof value === 'function' ||
    value instanceof RegExp
  )
}

/** Checks what is to be ignored, and makes one question of it. */
export const ignoreRule = {
  accepts: (value: unknown): boolean => (Array.isArray(value) ? value.every(isIgnored) : isIgnored(value)),

  make(given: Ignored | readonly Ignored[] | undefined): Ignores | undefined {
    if (given === undefined) return undefined
    const tests = (Array.isArray(given) ? (given as readonly Ignored[]) : [given as Ignored]).map(testOf)
    return (request, path, response, error) => tests.some((test) => test(request, path, response, error))
  },
}

function testOf(ignored: Ignored): Ignores {
  if (typeof ignored === 'function') {
    const asked = givenResponse(ignored)
    return (request, _path, response, error) => atOnce(asked(request, response, error), 'ignore')
  }
  if (typeof ignored === 'string') {
    if (!ignored.endsWith('*')) return (_request, path) => path === ignored
    const start = ignored.slice(0, -1)
    return (_request, path) => path.startsWith(start)
  }
  return (_request, path) => {
    // A pattern with `g` or `y` goes on from where it stopped last time.
    ignored.lastIndex = 0
    return ignored.test(path)
  }
}
