import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Module,
  type NestInterceptor,
  Param,
  ParseIntPipe,
  type PipeTransform,
  Scope,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common'
import { APP_GUARD, APP_INTERCEPTOR, REQUEST } from '@nestjs/core'
import type { Request } from 'express'
import { catchError, map, type Observable, of } from 'rxjs'
import { expect, it } from 'vitest'
import { brief, serve } from './support.js'

function denies(context: ExecutionContext, who: string): boolean {
  return context.switchToHttp().getRequest<Request>().headers['x-deny'] === who
}

@Injectable()
class NoGuard implements CanActivate {
  canActivate(): boolean {
    return false
  }
}

@Injectable()
class BrokenGuard implements CanActivate {
  async canActivate(): Promise<boolean> {
    await Promise.resolve()
    throw new Error('guard broke', { cause: new Error('redis down') })
  }
}

@Injectable()
class AppGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (denies(context, 'app')) throw new Error('the guard of another module')
    return true
  }
}
@Module({ providers: [{ provide: APP_GUARD, useClass: AppGuard }] })
class GuardModule {}

class MainGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return !denies(context, 'main')
  }
}

class BrokenInterceptor implements NestInterceptor {
  intercept(): never {
    throw new Error('interceptor broke')
  }
}

class BrokenAfterwards implements NestInterceptor {
  intercept(_context: ExecutionContext, next: { handle(): Observable<unknown> }): Observable<unknown> {
    return next.handle().pipe(
      map(() => {
        throw new Error('afterwards')
      }),
    )
  }
}

class Swallowing implements NestInterceptor {
  intercept(_context: ExecutionContext, next: { handle(): Observable<unknown> }): Observable<unknown> {
    return next.handle().pipe(catchError(() => of('a fallback')))
  }
}

@Injectable()
class AppInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: { handle(): Observable<unknown> }): Observable<unknown> {
    if (denies(context, 'interceptor')) throw new Error('the interceptor of the application')
    return next.handle()
  }
}

class BrokenPipe implements PipeTransform {
  transform(): never {
    throw new TypeError('pipe broke')
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  constructor(@Inject(REQUEST) request: Request) {
    if (request.headers['x-deny'] === 'provider') throw new Error('provider broke')
  }
}

@Controller('g')
class GuardedController {
  @Get('fine/:id') fine(@Param('id', ParseIntPipe) id: number): number {
    return id
  }

  @Get('no') @UseGuards(NoGuard) no(): void {
    throw new Error('never reached')
  }

  @Get('guard') @UseGuards(BrokenGuard) guard(): void {
    throw new Error('never reached')
  }

  @Get('interceptor') @UseInterceptors(new BrokenInterceptor()) interceptor(): void {
    throw new Error('never reached')
  }

  @Get('afterwards') @UseInterceptors(BrokenAfterwards) afterwards(): string {
    return 'fine'
  }

  @Get('swallowed') @UseInterceptors(Swallowing) swallowed(): void {
    throw new Error('swallowed')
  }

  @Get('pipe/:id') @UsePipes(BrokenPipe) pipe(@Param('id') id: string): string {
    return id
  }
}

@Controller('scoped')
class ScopedController {
  constructor(readonly perRequest: PerRequest) {}

  @Get() fine(): string {
    return typeof this.perRequest
  }

  @Get('broken') broken(): void {
    throw new Error('scoped controller')
  }
}

const shop = await serve({
  imports: [GuardModule],
  controllers: [GuardedController, ScopedController],
  providers: [PerRequest, { provide: APP_INTERCEPTOR, useClass: AppInterceptor }],
  prepare: (app) => app.useGlobalGuards(new MainGuard()),
})

const FINE = '/g/fine/:id · GuardedController.fine'

it.each([
  { path: 'g/fine/7', want: `info 200 completed · ${FINE} · -` },
  {
    path: 'g/fine/x',
    want: `warn 400 completed · ${FINE} · BadRequestException: Validation failed (numeric string is expected)`,
  },
  { path: 'g/fine/7', deny: 'app', want: `error 500 failed · ${FINE} · Error: the guard of another module` },
  { path: 'g/fine/7', deny: 'main', want: `warn 403 completed · ${FINE} · ForbiddenException: Forbidden resource` },
  {
    path: 'g/fine/7',
    deny: 'interceptor',
    want: `error 500 failed · ${FINE} · Error: the interceptor of the application`,
  },
  {
    path: 'g/no',
    want: 'warn 403 completed · /g/no · GuardedController.no · ForbiddenException: Forbidden resource',
  },
  {
    path: 'g/guard',
    want: 'error 500 failed · /g/guard · GuardedController.guard · Error: guard broke <- Error: redis down',
  },
  {
    path: 'g/interceptor',
    want: 'error 500 failed · /g/interceptor · GuardedController.interceptor · Error: interceptor broke',
  },
  {
    path: 'g/afterwards',
    want: 'error 500 failed · /g/afterwards · GuardedController.afterwards · Error: afterwards',
  },
  // What nobody else hears of is no error of the request.
  { path: 'g/swallowed', want: 'info 200 completed · /g/swallowed · GuardedController.swallowed · -' },
  { path: 'g/pipe/7', want: 'error 500 failed · /g/pipe/:id · GuardedController.pipe · TypeError: pipe broke' },
  { path: 'scoped', want: 'info 200 completed · /scoped · ScopedController.fine · -' },
  {
    path: 'scoped/broken',
    want: 'error 500 failed · /scoped/broken · ScopedController.broken · Error: scoped controller',
  },
  {
    path: 'scoped',
    deny: 'provider',
    want: 'error 500 failed · /scoped · ScopedController.fine · Error: provider broke',
  },
])('the wide line of $path (denied by $deny) has the route, the handler and the real error', async (scenario) => {
  const { path, deny = '', want } = scenario
  const { status, line, others } = await shop.wide(`/${path}`, { headers: { 'x-deny': deny } })
  expect(brief(line)).toBe(want)
  expect(status).toBe(line['status'])
  expect(others).toEqual([])
})

it('each of these requests has exactly one wide line', async () => {
  expect(await shop.close()).toEqual([])
})
