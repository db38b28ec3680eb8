import {
  applyDecorators,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  HttpCode,
  Injectable,
  Param,
  Post,
  SetMetadata,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common'
import { APP_GUARD, DiscoveryModule, MetadataScanner, Reflector } from '@nestjs/core'
import { map, type Observable } from 'rxjs'
import { int, LogField, LogFields, string } from 'wideline/decorators'
import { RequestLog } from 'wideline/nestjs'
import { describe, expect, it } from 'vitest'
import { brief, serve } from './support.js'

const Roles = Reflector.createDecorator<string[]>()
const Audited = SetMetadata('audited', true)

/** Says no unless the handler's role is the caller's, and notes what else it found. */
@Injectable()
class RolesGuard implements CanActivate {
  static readonly seen: unknown[] = []

  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const roles = this.reflector.get(Roles, context.getHandler()) as string[] | undefined
    const audited = this.reflector.getAllAndOverride<boolean>('audited', [context.getHandler(), context.getClass()])
    RolesGuard.seen.push([context.getClass().name, context.getHandler().name, roles, audited])
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string> }>()
    return roles === undefined || roles.includes(request.headers['x-role'] ?? '')
  }
}

class Wrapping {
  intercept(_context: ExecutionContext, next: { handle(): Observable<unknown> }): Observable<unknown> {
    return next.handle().pipe(map((data) => ({ data })))
  }
}

const fields = LogFields({ orderId: int.param('id'), state: string.result('state') })
const state = { state: 'open' }

/** One decorator made of several, as applications have them. */
function AdminRoute(path: string): MethodDecorator {
  return applyDecorators(Roles(['admin']), fields as MethodDecorator, Get(path), Audited)
}

@Controller('orders')
class OrdersController {
  @fields
  @Get('above/:id')
  @Roles(['admin'])
  @Audited
  above(@Param('id') _id: string): object {
    return state
  }

  @Get('below/:id')
  @Roles(['admin'])
  @Audited
  @fields
  below(@Param('id') _id: string): object {
    return state
  }

  @Roles(['admin'])
  @Get('between/:id')
  @fields
  @Audited
  between(@Param('id') _id: string): object {
    return state
  }

  @AdminRoute('made/:id')
  made(@Param('id') _id: string): object {
    return state
  }

  @Get('parameter/:id')
  @Roles(['admin'])
  @Audited
  parameter(@Param('id') @LogField.int('orderId') _id: string, @RequestLog() log: RequestLog): object {
    log.set(state)
    return state
  }

  @Post('rich/:id')
  @HttpCode(202)
  @Header('x-kind', 'rich')
  @Roles(['admin'])
  @Audited
  @fields
  @UseInterceptors(Wrapping)
  @UseGuards(RolesGuard)
  rich(@Param('id') _id: string): object {
    return state
  }
}

const shop = await serve({
  imports: [DiscoveryModule],
  controllers: [OrdersController],
  providers: [{ provide: APP_GUARD, useClass: RolesGuard }],
})
const routes = ['above', 'below', 'between', 'made', 'parameter'] as const

describe.each(routes.map((name) => ({ name })))('with @LogFields $name', ({ name }) => {
  it('the handler is still a route, with its fields on the wide line', async () => {
    const { line } = await shop.wide(`/orders/${name}/7`, { headers: { 'x-role': 'admin' } })
    expect(brief(line)).toBe(`info 200 completed · /orders/${name}/:id · OrdersController.${name} · -`)
    expect(line).toMatchObject({ orderId: 7, state: 'open' })
  })

  it('guards find the class, the handler and all that is noted on it', async () => {
    RolesGuard.seen.length = 0
    const { line } = await shop.wide(`/orders/${name}/7`, { headers: { 'x-role': 'guest' } })
    expect(line).toMatchObject({ status: 403, handler: name })
    expect(RolesGuard.seen).toEqual([['OrdersController', name, ['admin'], true]])
  })

  it('what scans the controllers finds the same on the method', () => {
    const instance = shop.app.get(OrdersController)
    expect(new MetadataScanner().getAllMethodNames(OrdersController.prototype)).toContain(name)
    expect(Reflect.getMetadata('audited', instance[name])).toBe(true)
    expect(Reflect.getMetadata('path', instance[name])).toBe(`${name}/:id`)
    expect([instance[name].name, instance[name].length]).toEqual([name, name === 'parameter' ? 2 : 1])
    expect(Reflect.getMetadata('design:paramtypes', OrdersController.prototype, name)).toHaveLength(
      name === 'parameter' ? 2 : 1,
    )
  })
})

it('status, headers, guards and interceptors of a decorated handler stay', async () => {
  const { status, headers, body, line } = await shop.wide('/orders/rich/7', {
    method: 'POST',
    headers: { 'x-role': 'admin' },
  })
  expect(status).toBe(202)
  expect(headers['x-kind']).toBe('rich')
  expect(JSON.parse(body)).toEqual({ data: { state: 'open' } })
  expect(line).toMatchObject({ status: 202, orderId: 7, state: 'open' })
})

it('each of these requests has exactly one wide line', async () => {
  expect(await shop.close()).toEqual([])
})
