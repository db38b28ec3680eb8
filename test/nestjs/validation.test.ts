import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Injectable,
  ParseArrayPipe,
  ParseEnumPipe,
  ParseUUIDPipe,
  Post,
  Query,
  Scope,
  UnprocessableEntityException,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common'
import { APP_PIPE } from '@nestjs/core'
import { Type } from 'class-transformer'
import { IsEmail, IsInt, IsPositive, IsString, Length, ValidateNested } from 'class-validator'
import { expect, it } from 'vitest'
import { brief, serve } from './support.js'

class Address {
  @IsString() city!: string
  @Length(5, 5) zip!: string
}

class Item {
  @IsInt() count!: number
}

class Order {
  @IsPositive() amount!: number
  @IsEmail() email!: string
  @ValidateNested() @Type(() => Address) address!: Address
  @ValidateNested({ each: true }) @Type(() => Item) items!: Item[]
  @IsString({ each: true }) tags!: string[]
  @Length(16, 16, { message: '$value is not the number of a card' }) card!: string
}

@Controller('orders')
class OrdersController {
  @Post() create(@Body(new ValidationPipe({ transform: true })) order: Order): Order {
    return order
  }

  @Post('strict') strict(
    @Body(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true })) address: Address,
  ): Address {
    return address
  }

  @Post('422') other(
    @Body(new ValidationPipe({ exceptionFactory: (errors) => new UnprocessableEntityException(errors) }))
    address: Address,
  ): Address {
    return address
  }

  @Post('quiet') quiet(@Body(new ValidationPipe({ disableErrorMessages: true })) address: Address): Address {
    return address
  }

  @Post('taken') taken(@Body('email') email: string): void {
    throw new BadRequestException([`${email} is taken already`])
  }

  @Get('ids') ids(@Query('id', ParseUUIDPipe) id: string): string {
    return id
  }

  @Get('states') states(@Query('state', new ParseEnumPipe({ open: 'open' })) state: string): string {
    return state
  }

  @Get('lists') lists(@Query('ids', new ParseArrayPipe({ items: Number })) ids: number[]): number[] {
    return ids
  }
}

const shop = await serve({ controllers: [OrdersController] })

const GOOD = {
  amount: 1,
  email: 'a@example.com',
  address: { city: 'Ulm', zip: '89073' },
  items: [{ count: 1 }],
  tags: ['new'],
  card: '4242424242424242',
}

it.each([
  { name: 'one field', change: { amount: -77_001 }, invalid: ['amount'] },
  { name: 'several', change: { amount: 'SECRET-1', email: 'SECRET-2' }, invalid: ['amount', 'email'] },
  {
    name: 'a field of an object',
    change: { address: { city: 1, zip: 'SECRET' } },
    invalid: ['address.city', 'address.zip'],
  },
  { name: 'a field of an array', change: { items: [{ count: 1 }, { count: 'SECRET' }] }, invalid: ['items.1.count'] },
  { name: 'each value of an array', change: { tags: ['new', 77_001] }, invalid: ['tags'] },
  { name: 'a missing field', change: { email: undefined }, invalid: ['email'] },
])('a validation failure names $name, not the values', async ({ change, invalid }) => {
  const { status, line, others } = await shop.wide('/orders', { body: JSON.stringify({ ...GOOD, ...change }) })
  expect(status).toBe(400)
  expect(brief(line)).toBe(
    'warn 400 completed · /orders · OrdersController.create · BadRequestException: Bad Request Exception',
  )
  expect(line['invalid']).toEqual(invalid)
  expect(others).toEqual([])
  expect(shop.lines.text).not.toMatch(/SECRET|77_?001/)
})

it.each([
  { name: 'a message of its own that begins with the value', path: '', body: { ...GOOD, card: 'SECRET' } },
  { name: 'messages that are no validation', path: '/taken', body: { email: 'SECRET@example.com' } },
])('no value is taken for a name from $name', async ({ path, body }) => {
  const { line } = await shop.wide(`/orders${path}`, { body: JSON.stringify(body) })
  expect(line['status']).toBe(400)
  expect(JSON.stringify(line)).not.toContain('SECRET')
})

it('a field that is not expected is named, as an unknown one and within an object', async () => {
  const body = JSON.stringify({ city: 'Ulm', zip: '89073', admin: 'SECRET' })
  const { line } = await shop.wide('/orders/strict', { body })
  expect(line).toMatchObject({ status: 400, invalid: ['admin'] })
  expect(JSON.stringify(line)).not.toContain('SECRET')
})

it.each([
  { name: 'an exception of its own with the findings of class-validator', path: '422', status: 422 },
  { name: 'no messages at all', path: 'quiet', status: 400 },
])('a pipe with $name writes no value either', async ({ path, status }) => {
  const { line } = await shop.wide(`/orders/${path}`, { body: JSON.stringify({ city: 1, zip: 'SECRET' }) })
  expect(line['status']).toBe(status)
  expect(JSON.stringify(line)).not.toContain('SECRET')
})

it.each([
  { path: '/orders/ids?id=SECRET', message: 'Validation failed (uuid is expected)' },
  { path: '/orders/states?state=SECRET', message: 'Validation failed (enum string is expected)' },
  { path: '/orders/lists?ids=SECRET,1', message: /^\[0\] item must be|Validation failed/ },
])('a pipe of Nest that refuses $path has its error without the value', async ({ path, message }) => {
  const { line } = await shop.wide(path)
  expect(line).toMatchObject({ status: 400, error: { type: 'BadRequestException' } })
  expect((line['error'] as { message: string }).message).toMatch(message)
  expect(JSON.stringify(line)).not.toContain('SECRET')
})

it('each of these requests has exactly one wide line', async () => {
  expect(await shop.close()).toEqual([])
})

@Injectable({ scope: Scope.REQUEST })
class RequestPipe extends ValidationPipe {}

@Injectable({ scope: Scope.REQUEST, durable: true })
class DurablePipe extends ValidationPipe {}

@Injectable({ scope: Scope.TRANSIENT })
class TransientPipe extends ValidationPipe {}

@Controller()
class ScopedController {
  @Post('global') global(@Body() address: Address): Address {
    return address
  }
  @Post('request') @UsePipes(RequestPipe) request(@Body() address: Address): Address {
    return address
  }
  @Post('durable') @UsePipes(DurablePipe) durable(@Body() address: Address): Address {
    return address
  }
  @Post('transient') @UsePipes(TransientPipe) transient(@Body() address: Address): Address {
    return address
  }
  @Post('parameter') parameter(@Body(RequestPipe) address: Address): Address {
    return address
  }
}

it.each([
  { name: 'no global pipe', pipes: [], paths: ['request', 'durable', 'transient', 'parameter'] },
  {
    name: 'a global pipe of each request',
    pipes: [{ provide: APP_PIPE, useClass: ValidationPipe, scope: Scope.REQUEST }],
    paths: ['global', 'request'],
  },
  {
    name: 'a global pipe of each request that a factory makes',
    pipes: [{ provide: APP_PIPE, useFactory: () => new ValidationPipe(), scope: Scope.REQUEST }],
    paths: ['global', 'request'],
  },
])('pipes that are made for each request, or each user, name the fields too: $name', async ({ pipes, paths }) => {
  const app = await serve({ controllers: [ScopedController], providers: pipes })
  for (const path of [...paths, ...paths]) {
    const { line } = await app.wide(`/${path}`, { body: JSON.stringify({ city: 'Ulm', zip: 'SECRET' }) })
    expect(line).toMatchObject({ status: 400, invalid: ['zip'] })
  }
  expect(app.lines.text).not.toContain('SECRET')
  expect(await app.close()).toEqual([])
})

class GetterPipe {
  get exceptionFactory() {
    return () => new BadRequestException()
  }
  transform(): never {
    throw this.exceptionFactory()
  }
}

it.each([
  { name: 'sealed', pipe: Object.seal(new ValidationPipe()) },
  { name: 'frozen', pipe: Object.freeze(new ValidationPipe()) },
  { name: 'of a getter', pipe: new GetterPipe() },
])('a pipe that is $name validates as ever', async ({ pipe }) => {
  const app = await serve({
    controllers: [ScopedController],
    prepare: (made) => void made.useGlobalPipes(pipe),
  })
  const { line } = await app.wide('/global', { body: JSON.stringify({ city: 'Ulm', zip: 'SECRET' }) })
  expect(line).toMatchObject({ status: 400, error: { type: 'BadRequestException' } })
  expect(await app.close()).toEqual([])
})
