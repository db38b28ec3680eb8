import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { type Logger, OptionError } from '../../src/index.js'
import { answerLevels, checkLogger, type LevelAnswer, readBody } from '../http/index.js'

/** Options of {@link levelHandler}. */
export interface LevelHandlerOptions {
  /** Whose levels are read and set. */
  readonly logger: Logger
}

/**
 * Reads and sets the levels of a logger's whole family. Whoever reaches it can switch logs off: put your own authorization
 * before it.
 *
 * - `GET` lists every name with its level.
 * - `PUT` or `POST` `{ "names": "app.*", "level": "debug", "forMs": 60000 }` sets one; without `names` the root's.
 * - `DELETE` `{ "names": "app.*" }` takes back what was set.
 *
 * It reads its body itself, or takes what `express.json()` has read.
 *
 * @throws OptionError
 * @example app.use('/admin/log-levels', requireAdmin, levelHandler({ logger: log }))
 */
export function levelHandler(options: LevelHandlerOptions): RequestHandler {
  const logger = checkLogger('levelHandler', options?.logger)
  const unknown = Object.keys(options).find((name) => name !== 'logger')
  if (unknown !== undefined) throw new OptionError(`levelHandler.${unknown}`, 'logger', unknown)
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    try {
      const { status, body } = await answer(logger, request)
      response.status(status).set('cache-control', 'no-store').json(body)
    } catch (problem) {
      next(problem)
    }
  }
}

async function answer(logger: Logger, request: Request): Promise<LevelAnswer> {
  try {
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
    const parsed: unknown = request.body
    return answerLevels(logger, request.method, hasBody && parsed === undefined ? await readBody(request) : parsed)
  } catch (problem) {
    if (problem instanceof OptionError) return { status: 400, body: { error: problem.message } }
    throw problem
  }
}
