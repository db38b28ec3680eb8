import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  HttpException,
  Inject,
  Injectable,
  Scope,
  type Type,
  UseFilters,
  UseGuards,
} from '@nestjs/common'
import { APP_FILTER, BaseExceptionFilter, REQUEST } from '@nestjs/core'
import type { Request, Response } from 'express'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { brief, serve } from './support.js'

function answer(host: ArgumentsHost, status: number): void {
  host.switchToHttp().getResponse<Response>().status(status).send('handled')
}

/** A filter that takes errors of one class and answers with a status. */
function filterOf(error: Type<Error>, status: number): Type<ExceptionFilter> {
  @Catch(error)
  class Filter implements ExceptionFilter {
    catch(_error: unknown, host: ArgumentsHost): void {
      answer(host, status)
    }
  }
  return Filter
}

class MethodError extends Error {}
class InlineError extends Error {}
class AppError extends Error {}
class GlobalError extends Error {}
class AsyncError extends Error {}
class BaseError extends Error {}
class ScopedError extends Error {}
class BreakingError extends Error {}
class FrozenError extends Error {}

const MethodFilter = filterOf(MethodError, 422)
const InlineFilter = filterOf(InlineError, 200)
const AppFilter = filterOf(AppError, 418)
const GlobalFilter = filterOf(GlobalError, 503)
const HttpFilter = filterOf(HttpException, 451)
const FrozenFilter = filterOf(FrozenError, 423)

@Catch(AsyncError)
class AsyncFilter implements ExceptionFilter {
  async catch(_error: unknown, host: ArgumentsHost): Promise<void> {
    await setImmediate()
    answer(host, 409)
  }
}

@Catch(BaseError)
class BaseFilter extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    super.catch(error, host)
  }
}

@Catch(ScopedError)
@Injectable({ scope: Scope.REQUEST })
class ScopedFilter implements ExceptionFilter {
  constructor(@Inject(REQUEST) private readonly request: Request) {}

  catch(_error: unknown, host: ArgumentsHost): void {
    answer(host, this.request.path.length > 0 ? 429 : 500)
  }
}

@Catch(BreakingError)
class BreakingFilter implements ExceptionFilter {
  catch(error: unknown): void {
    throw new Error('the filter broke', { cause: error })
  }
}

@Injectable()
class InlineGuard implements CanActivate {
  canActivate(): boolean {
    throw new InlineError('of a guard')
  }
}

@Controller('f')
class FailingController {
  @Get('method') @UseFilters(MethodFilter) method(): void {
    throw new MethodError('by method')
  }

  @Get('app') app(): void {
    throw new AppError('by APP_FILTER')
  }

  @Get('global') global(): void {
    throw new GlobalError('by useGlobalFilters')
  }

  @Get('async') @UseFilters(AsyncFilter) later(): void {
    throw new AsyncError('by an async filter')
  }

  @Get('base') @UseFilters(BaseFilter) base(): void {
    throw new BaseError('by a BaseExceptionFilter')
  }

  @Get('scoped') @UseFilters(ScopedFilter) scoped(): void {
    throw new ScopedError('by a filter of the request')
  }

  @Get('http') @UseFilters(new HttpFilter()) http(): void {
    throw new HttpException('not here', 410)
  }

  @Get('breaking') @UseFilters(new BreakingFilter()) breaking(): void {
    throw new BreakingError('first error')
  }

  @Get('other') @UseFilters(MethodFilter, AsyncFilter) other(): void {
    throw new RangeError('by nobody')
  }

  @Get('frozen') @UseFilters(Object.freeze(new FrozenFilter())) frozen(): void {
    throw new FrozenError('by a frozen filter')
  }
}

@Controller('inline')
@UseFilters(new InlineFilter())
class InlineController {
  @Get() @UseGuards(InlineGuard) guarded(): void {
    throw new Error('never reached')
  }
}

@Controller('scoped')
@UseFilters(ScopedFilter)
class ScopedController {
  constructor(@Inject(REQUEST) readonly request: Request) {}

  @Get() scoped(): void {
    throw new ScopedError('of a controller of the request')
  }
}

const problems: Error[] = []
const shop = await serve({
  controllers: [FailingController, InlineController, ScopedController],
  providers: [{ provide: APP_FILTER, useClass: AppFilter }],
  options: { onError: (problem) => problems.push(problem) },
  prepare: (app) => app.useGlobalFilters(new GlobalFilter()),
})

it.each([
  { path: 'f/method', want: 'warn 422 completed · /f/method · FailingController.method · MethodError: by method' },
  { path: 'f/app', want: 'warn 418 completed · /f/app · FailingController.app · AppError: by APP_FILTER' },
  {
    path: 'f/global',
    want: 'error 503 failed · /f/global · FailingController.global · GlobalError: by useGlobalFilters',
  },
  { path: 'f/async', want: 'warn 409 completed · /f/async · FailingController.later · AsyncError: by an async filter' },
  {
    path: 'f/base',
    want: 'error 500 failed · /f/base · FailingController.base · BaseError: by a BaseExceptionFilter',
  },
  {
    path: 'f/scoped',
    want: 'warn 429 completed · /f/scoped · FailingController.scoped · ScopedError: by a filter of the request',
  },
  { path: 'f/http', want: 'warn 451 completed · /f/http · FailingController.http · HttpException: not here' },
  { path: 'f/other', want: 'error 500 failed · /f/other · FailingController.other · RangeError: by nobody' },
  // A filter that answers 200 hides the error from the client, not from the line.
  { path: 'inline', want: 'error 200 failed · /inline · InlineController.guarded · InlineError: of a guard' },
  {
    path: 'scoped',
    want: 'warn 429 completed · /scoped · ScopedController.scoped · ScopedError: of a controller of the request',
  },
])('the error that a filter handles is on the wide line as it was thrown ($path)', async ({ path, want }) => {
  const { status, line, others } = await shop.wide(`/${path}`)
  expect(brief(line)).toBe(want)
  expect(status).toBe(line['status'])
  expect(others).toEqual([])
})

it('a filter that throws leaves the first error on the wide line, and its own on the line of Nest', async () => {
  const { line, others } = await shop.wide('/f/breaking')
  expect(brief(line)).toBe('error 500 failed · /f/breaking · FailingController.breaking · BreakingError: first error')
  expect(others).toMatchObject([
    { logger: 'ExceptionsHandler', error: { message: 'the filter broke', cause: { message: 'first error' } } },
  ])
})

it('a filter that cannot be observed still answers, and the logger says so at boot', async () => {
  const { status, line } = await shop.wide('/f/frozen')
  expect(status).toBe(423)
  expect(brief(line)).toBe('warn 423 completed · /f/frozen · FailingController.frozen · -')
  expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/object is not extensible/)])
})

it('each of these requests has exactly one wide line', async () => {
  expect(await shop.close()).toEqual([])
})
