import type { IncomingMessage } from 'node:http'
import { type LevelInfo, type Logger, OptionError, type Threshold } from '../../src/index.js'

/** An answer to a request for levels. */
export interface LevelAnswer {
  readonly status: number
  readonly body: { readonly levels: readonly LevelInfo[] } | { readonly error: string }
}

const MAX_BODY_BYTES = 4096

/**
 * Reads and sets levels, for a handler of any framework.
 *
 * @param body - Of a PUT or POST: `{ names, level, forMs }`; of a DELETE: `{ names }`. `names` may be left out for the root.
 */
export function answerLevels(logger: Logger, method: string, body: unknown): LevelAnswer {
  try {
    if (method === 'PUT' || method === 'POST') {
      const { names = '', level, ...options } = objectOf(body)
      logger.levels.set(names as string, level as Threshold, options)
    } else if (method === 'DELETE') {
      const { names = '', ...more } = objectOf(body)
      if (Object.keys(more).length > 0) throw new OptionError('body', 'an object with names alone', body)
      logger.levels.reset(names as string)
    } else if (method !== 'GET' && method !== 'HEAD') {
      return { status: 405, body: { error: 'GET, PUT, POST or DELETE' } }
    }
  } catch (problem) {
    if (problem instanceof OptionError) return { status: 400, body: { error: problem.message } }
    throw problem
  }
  return { status: 200, body: { levels: logger.levels.list() } }
}

/** The JSON body of a request that no parser has read. @throws OptionError where it is too long or no JSON. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let length = 0
  // What is too long is read to its end, and not kept: to leave off would break the connection off, and with it the answer.
  for await (const part of request) {
    const bytes = Buffer.from(part as Uint8Array)
    length += bytes.length
    if (length <= MAX_BODY_BYTES) parts.push(bytes)
  }
  if (length > MAX_BODY_BYTES) throw new OptionError('body', `at most ${MAX_BODY_BYTES} bytes`, length)
  if (length === 0) return {}
  try {
    return JSON.parse(Buffer.concat(parts).toString())
  } catch {
    throw new OptionError('body', 'JSON', 'something else')
  }
}

function objectOf(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new OptionError('body', 'an object', body)
  return body as Record<string, unknown>
}
