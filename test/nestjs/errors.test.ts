import {
  type CallHandler,
  ConflictException,
  Controller,
  type ExecutionContext,
  Get,
  HttpException,
  type NestInterceptor,
  Next,
  Res,
  Sse,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common'
import type { NextFunction, Response } from 'express'
import { Readable } from 'node:stream'
import { catchError, Observable, of, throwError } from 'rxjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { brief, type RunningApp, serve } from './support.js'

class GatewayError extends Error {}

function raise(value: unknown): never {
  throw value
}

class Rescue implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError(() => of({ data: 'rescued' })))
  }
}

@Controller('e')
class FailingController {
  @Get('plain') plain(): void {
    throw new Error('plain', { cause: new Error('the cause', { cause: new TypeError('deeper') }) })
  }

  @Get('async') async rejected(): Promise<void> {
    await Promise.reject(new GatewayError('rejected'))
  }

  @Get('conflict') conflict(): void {
    throw new ConflictException('already paid')
  }

  @Get('wrapped') wrapped(): void {
    throw new HttpException('bad gateway', 502, { cause: new Error('socket hang up') })
  }

  @Get('string') text(): void {
    raise('a string')
  }

  @Get('null') nothing(): void {
    raise(null)
  }

  @Get('object') object(): void {
    raise({ code: 'E_PLAIN', password: 'hunter2' })
  }

  @Get('aggregate') aggregate(): void {
    throw new AggregateError([new Error('first'), new Error('second')], 'two failed')
  }

  @Get('rx') rx(): Observable<never> {
    return throwError(() => new Error('rx'))
  }

  @Get('circular') circular(): object {
    const self: Record<string, unknown> = {}
    self['self'] = self
    return self
  }

  @Get('next') next(@Next() next: NextFunction): void {
    next(new Error('next(err)'))
  }

  @Get('late') async late(@Res() response: Response): Promise<void> {
    await Promise.resolve()
    response.send('early')
    throw new Error('after the answer')
  }

  @Get('later') later(@Res() response: Response): void {
    response.send('early')
    throw new Error('after the answer')
  }

  @Get('too-late') async tooLate(@Res() response: Response): Promise<void> {
    response.send('early')
    await new Promise((resolve) => setTimeout(resolve, 50))
    throw new Error('after the answer')
  }

  @Get('stream') stream(): StreamableFile {
    return new StreamableFile(
      new Readable({
        read() {
          this.destroy(new Error('disk gone'))
        },
      }),
    )
  }

  @Sse('sse-promise') async events(): Promise<Observable<{ data: string }>> {
    await Promise.resolve()
    return this.sse()
  }

  @Sse('sse-rescued') @UseInterceptors(Rescue) rescued(): Observable<{ data: string }> {
    return this.sse()
  }

  @Sse('sse-text') textEvents(): Observable<{ data: string }> {
    return new Observable((events) => {
      events.next({ data: 'one' })
      setImmediate(() => events.error('sse broke'))
    })
  }

  @Sse('sse') sse(): Observable<{ data: string }> {
    return new Observable((events) => {
      events.next({ data: 'one' })
      setImmediate(() => events.error(new Error('sse broke')))
    })
  }
}

const PLAIN = 'Error: plain <- Error: the cause <- TypeError: deeper'

/** `own`: how often Nest writes about the error itself, where it is not told to be silent. */
const scenarios = [
  { path: 'plain', want: `error 500 failed · /e/plain · FailingController.plain · ${PLAIN}`, own: 1 },
  { path: 'async', want: 'error 500 failed · /e/async · FailingController.rejected · GatewayError: rejected', own: 1 },
  {
    path: 'conflict',
    want: 'warn 409 completed · /e/conflict · FailingController.conflict · ConflictException: already paid',
    own: 0,
  },
  {
    path: 'wrapped',
    want: 'error 502 failed · /e/wrapped · FailingController.wrapped · HttpException: bad gateway <- Error: socket hang up',
    own: 0,
  },
  { path: 'string', want: 'error 500 failed · /e/string · FailingController.text · string: a string', own: 1 },
  { path: 'null', want: 'error 500 failed · /e/null · FailingController.nothing · null: null', own: 1 },
  { path: 'object', want: 'error 500 failed · /e/object · FailingController.object · object: [object Object]', own: 1 },
  {
    path: 'aggregate',
    want: 'error 500 failed · /e/aggregate · FailingController.aggregate · AggregateError: two failed',
    own: 1,
  },
  { path: 'rx', want: 'error 500 failed · /e/rx · FailingController.rx · Error: rx', own: 1 },
  { path: 'next', want: 'error 500 failed · /e/next · FailingController.next · Error: next(err)', own: 1 },
  // The client has its 200, and the handler has failed: the line says both.
  { path: 'late', want: 'error 200 failed · /e/late · FailingController.late · Error: after the answer', own: 1 },
  { path: 'later', want: 'error 200 failed · /e/later · FailingController.later · Error: after the answer', own: 1 },
  // Nest answers 400 when a stream breaks before its first byte.
  { path: 'stream', want: 'warn 400 completed · /e/stream · FailingController.stream · Error: disk gone', own: 1 },
]

async function lineOf(app: RunningApp, path: string): ReturnType<RunningApp['wide']> {
  const answer = await app.wide(`/e/${path}`)
  expect(answer.status).toBe(answer.line['status'])
  return answer
}

describe('a handler that fails', () => {
  let shop: RunningApp
  beforeAll(async () => {
    shop = await serve({ controllers: [FailingController] })
  })

  it.each(scenarios)('has its own error on the wide line, and on no other ($path)', async ({ path, want }) => {
    const { line, others } = await lineOf(shop, path)
    expect(brief(line)).toBe(want)
    expect(others).toEqual([])
  })

  it('has its stack, which begins with what was thrown and names the handler', async () => {
    const { error } = (await lineOf(shop, 'plain')).line as { error: { stack: string; cause: { stack: string } } }
    expect(error.stack).toMatch(/^Error: plain\n +at FailingController\.plain \(/)
    expect(error.cause.stack).toMatch(/^Error: the cause\n/)
  })

  it('has the errors of an AggregateError', async () => {
    const { line } = await lineOf(shop, 'aggregate')
    expect(line).toMatchObject({ error: { errors: [{ message: 'first' }, { message: 'second' }] } })
  })

  it('shows a thrown object without its secrets', async () => {
    const { line } = await lineOf(shop, 'object')
    expect(line).toMatchObject({ error: { type: 'object', message: { code: 'E_PLAIN', password: '[Redacted]' } } })
    expect(shop.lines.text).not.toContain('hunter2')
  })

  it('has the error of a result that cannot be turned into JSON', async () => {
    const { line } = await lineOf(shop, 'circular')
    expect(brief(line)).toMatch(
      /^error 500 failed · \/e\/circular · FailingController\.circular · TypeError: Converting circular/,
    )
  })

  it('that had answered is completed, if it fails too late for its line, and Nest then writes the error', async () => {
    const { line } = await lineOf(shop, 'too-late')
    expect(brief(line)).toBe('info 200 completed · /e/too-late · FailingController.tooLate · -')
    const own = await shop.lines.next(({ logger }) => logger === 'ExceptionsHandler')
    expect(own).toMatchObject({ msg: 'after the answer', requestId: line['requestId'] })
  })

  it.each(['sse', 'sse-promise', 'sse-text'])(
    'of @Sse has its error on the wide line, though its status is sent (%s)',
    async (path) => {
      const { line, body, others } = await lineOf(shop, path)
      expect(body).toContain('event: error')
      expect(brief(line)).toMatch(/^error 200 failed · .* · (Error|string): sse broke$/)
      expect(line).toMatchObject({ route: `/e/${path}`, controller: 'FailingController' })
      expect(others).toEqual([])
    },
  )

  it('of @Sse is completed where an interceptor deals with the error', async () => {
    const { line, body, others } = await lineOf(shop, 'sse-rescued')
    expect(body).toContain('data: rescued')
    expect(brief(line)).toBe('info 200 completed · /e/sse-rescued · FailingController.rescued · -')
    expect(others).toEqual([])
  })

  it('has exactly one wide line', async () => {
    expect(await shop.close()).toEqual([])
  })
})

describe('with nestErrorLines', () => {
  let shop: RunningApp
  beforeAll(async () => {
    shop = await serve({ controllers: [FailingController], options: { nestErrorLines: true } })
  })

  it.each(scenarios)('Nest says the same once more where it would without us ($path)', async ({ path, want, own }) => {
    const { line, others } = await lineOf(shop, path)
    expect(brief(line)).toBe(want)
    const logger = expect.stringMatching(/^(ExceptionsHandler|StreamableFile)$/) as string
    expect(others).toMatchObject(Array.from({ length: own }, () => ({ level: 'error', logger })))
  })

  it('so does it of @Sse', async () => {
    const { line, others } = await lineOf(shop, 'sse')
    expect(brief(line)).toBe('error 200 failed · /e/sse · FailingController.sse · Error: sse broke')
    expect(others).toMatchObject([{ level: 'error', logger: 'RouterResponseController', msg: 'sse broke' }])
  })

  it('its line has the error too', async () => {
    const { others } = await lineOf(shop, 'plain')
    expect(others[0]).toMatchObject({ msg: 'plain', error: { message: 'plain', cause: { message: 'the cause' } } })
  })

  it('there is still exactly one wide line', async () => {
    expect(await shop.close()).toEqual([])
  })
})
