import { Body, Controller, Get, Headers, Param, ParseIntPipe, Post, Query, ValidationPipe } from '@nestjs/common'
import { Type } from 'class-transformer'
import { IsInt, IsOptional, IsPositive, IsString } from 'class-validator'
import { LogField, LogFields, string } from 'wideline/decorators'
import { beforeAll, describe, expect, it } from 'vitest'
import { type RunningApp, serve } from './support.js'

class Entity {
  @LogField.string()
  @IsString()
  @IsOptional()
  tenant?: string
}

class PayOrder extends Entity {
  @LogField.float()
  @IsPositive()
  amount!: number

  @LogField.string({ redact: 'last4' })
  @IsString()
  card!: string

  @LogField.string('currencyCode', { redact: 'mask' })
  @IsString()
  @IsOptional()
  currency?: string

  @IsString()
  @IsOptional()
  note?: string
}

class Paging {
  @LogField.int()
  @IsInt()
  @IsOptional()
  @Type(() => Number)
  page?: number
}

@Controller('orders')
class OrdersController {
  @Get(':id')
  show(
    @Param('id', ParseIntPipe) @LogField.int('orderId') id: number,
    @Query('q') @LogField.string('search', { redact: 'mask' }) search: string | undefined,
    @LogField.string('client') @Headers('user-agent') client: string,
  ): unknown[] {
    return [id, typeof search, client]
  }

  @Post('body') body(@Body() payment: PayOrder): boolean {
    return payment instanceof PayOrder
  }

  @Post('both/:id')
  @LogFields({ amount: string.body('amount'), id: string.param('id') })
  both(@Param('id') @LogField.int('number') id: string, @Body() payment: PayOrder): boolean {
    return payment instanceof PayOrder && id !== ''
  }

  @Post('list') list(@Query() paging: Paging, @Body('items') items: unknown[]): unknown[] {
    return [paging.page ?? null, items.length]
  }
}

const BODY = { tenant: 'acme', amount: 99.5, card: '4242424242424242', currency: 'EUR', note: 'a private note' }

function boot(pipe: ValidationPipe | undefined): Promise<RunningApp> {
  return serve({
    controllers: [OrdersController],
    prepare: (app) => {
      if (pipe !== undefined) app.useGlobalPipes(pipe)
    },
  })
}

describe.each([
  { name: 'no ValidationPipe', pipe: undefined, isInstance: false },
  { name: 'a ValidationPipe', pipe: new ValidationPipe(), isInstance: false },
  { name: 'a ValidationPipe that transforms', pipe: new ValidationPipe({ transform: true }), isInstance: true },
])('with $name', ({ pipe, isInstance }) => {
  let shop: RunningApp
  beforeAll(async () => {
    shop = await boot(pipe)
  })

  it('a parameter is on the wide line as its pipes left it', async () => {
    const { line, body } = await shop.wide('/orders/7?q=private', { headers: { 'user-agent': 'cli/1' } })
    expect(JSON.parse(body)).toEqual([7, 'string', 'cli/1'])
    expect(line).toMatchObject({ orderId: 7, search: '[Redacted]', client: 'cli/1' })
  })

  it('a parameter that is not given is left out', async () => {
    const { line } = await shop.wide('/orders/7')
    expect(line).toMatchObject({ orderId: 7 })
    expect(line).not.toHaveProperty('search')
  })

  it('a body writes the fields that its class and the one above declare, and no others', async () => {
    const { line, body } = await shop.wide('/orders/body', { body: JSON.stringify(BODY) })
    expect(JSON.parse(body)).toBe(isInstance)
    expect(line).toMatchObject({ tenant: 'acme', amount: 99.5, card: '…4242', currencyCode: '[Redacted]' })
    for (const key of ['currency', 'note']) expect(line).not.toHaveProperty(key)
  })

  it('a body, a parameter and @LogFields are together on the line, the value of the handler last', async () => {
    const { line } = await shop.wide('/orders/both/7', { body: JSON.stringify(BODY) })
    expect(line).toMatchObject({ id: '7', number: 7, amount: 99.5, card: '…4242' })
  })

  it('a query writes its declared fields', async () => {
    const { line } = await shop.wide('/orders/list?page=3', { body: '{"items":[1,2]}' })
    expect(line).toMatchObject({ page: 3, status: 201 })
  })

  it('a body without the fields leaves none of them', async () => {
    const { line } = await shop.wide('/orders/list', { body: '{"items":[]}' })
    expect(line).not.toHaveProperty('page')
  })

  it('each of these requests has exactly one wide line', async () => {
    expect(await shop.close()).toEqual([])
    expect(shop.lines.text).not.toMatch(/4242424242424242|EUR|private/)
  })
})

describe('a body that is refused', () => {
  it('has no fields of the body on its line: they were never checked', async () => {
    const shop = await boot(new ValidationPipe({ transform: true }))
    const { line } = await shop.wide('/orders/body', { body: JSON.stringify({ ...BODY, amount: 'private' }) })
    expect(line).toMatchObject({ status: 400, invalid: ['amount'] })
    expect(line).not.toHaveProperty('amount')
    expect(await shop.close()).toEqual([])
    expect(shop.lines.text).not.toContain('private')
  })
})

it('a parameter without a key stops the program where it is declared', () => {
  expect(() => {
    class Wrong {
      show(@LogField.int() id: number): number {
        return id
      }
    }
    return Wrong
  }).toThrow(/@LogField\.int on parameter 0 of show must be given a key/)
})
