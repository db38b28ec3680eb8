import { BadRequestException, Controller, Get } from '@nestjs/common'
import { OptionError } from 'wideline'
import { type ContextLogger, InjectLogger, LogLevel, QuietRoute } from 'wideline/nestjs'
import { describe, expect, it } from 'vitest'
import { brief, serve } from './support.js'

@QuietRoute()
@Controller('quiet')
class QuietController {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  @Get() ok(): void {
    this.log.info('within')
  }
  @Get('refuses') refuses(): never {
    throw new BadRequestException('no')
  }
  @Get('fails') fails(): never {
    throw new Error('boom')
  }
}

@LogLevel('debug')
@Controller('low')
class LowController {
  @Get() ok(): void {}
  @Get('warned') @LogLevel('warn') warned(): void {}
  @Get('refuses') refuses(): never {
    throw new BadRequestException('no')
  }
  @Get('fails') fails(): never {
    throw new Error('boom')
  }
}

@Controller('loud')
class LoudController {
  @Get() @LogLevel('debug') ok(): void {}
  @Get('health') @QuietRoute() health(): void {}
  @Get('other') other(): void {}
}

const controllers = [QuietController, LowController, LoudController]

describe.each(['express', 'fastify'] as const)('on %s', async (adapter) => {
  const shop = await serve({ adapter, controllers, options: { level: 'debug' } })

  it.each([
    { path: '/quiet/fails', want: 'error 500 failed · /quiet/fails · QuietController.fails · Error: boom' },
    { path: '/low', want: 'debug 200 completed · /low · LowController.ok · -' },
    { path: '/low/warned', want: 'warn 200 completed · /low/warned · LowController.warned · -' },
    {
      path: '/low/refuses',
      want: 'warn 400 completed · /low/refuses · LowController.refuses · BadRequestException: no',
    },
    { path: '/low/fails', want: 'error 500 failed · /low/fails · LowController.fails · Error: boom' },
    { path: '/loud', want: 'debug 200 completed · /loud · LoudController.ok · -' },
    { path: '/loud/other', want: 'info 200 completed · /loud/other · LoudController.other · -' },
  ])('the wide line of $path is $want', async ({ path, want }) => {
    expect(brief((await shop.wide(path)).line)).toBe(want)
  })

  it.each(['/quiet', '/quiet/refuses', '/loud/health'])('%s has no wide line', async (path) => {
    const before = shop.lines.wide.length
    await shop.ask(path)
    // The next line of a wide kind is another's.
    await shop.wide('/loud/other')
    expect(shop.lines.wide).toHaveLength(before + 1)
    expect(shop.lines.wide.at(-1)).toMatchObject({ url: '/loud/other' })
  })

  it('keeps the lines within a quiet request', async () => {
    const before = shop.lines.all.length
    await shop.ask('/quiet')
    expect(shop.lines.all.slice(before)).toMatchObject([{ msg: 'within', requestId: expect.any(String) }])
    await shop.app.close()
  })
})

it('a level that is none is an OptionError where it is written', () => {
  expect(() => LogLevel('loud' as never)).toThrow(OptionError)
  expect(() => LogLevel('silent' as never)).toThrow(/^@LogLevel must be one of trace/)
})
