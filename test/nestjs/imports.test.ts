import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { LoggerModule } from 'wideline/nestjs'
import { expect, it } from 'vitest'
import { Lines, linesOnStdout } from './lines.js'
import { ask, rootOf } from './support.js'

@Controller('orders')
class OrdersController {
  @Get() list(): number[] {
    return [1]
  }
}

type Imports = NonNullable<Parameters<typeof Module>[0]['imports']>

/** Boots with these imports, asks once, and closes. */
async function run(imports: Imports): Promise<void> {
  const root = rootOf({ imports, controllers: [OrdersController] })
  const app = await NestFactory.create(root, { logger: false, abortOnError: false })
  await app.listen(0, '127.0.0.1')
  await ask((app.getHttpServer().address() as { port: number }).port, '/orders')
  await app.close()
}

const WARNING = expect.stringMatching(/^LoggerModule is imported twice/) as string
const BARE = expect.stringMatching(
  /^LoggerModule is imported twice, here without forRoot\(\) by Feature: the configured import writes the wide lines/,
) as string

it.each([
  { name: 'with equal options', level: 'info' },
  { name: 'with different options', level: 'debug' },
] as const)('the module imported twice $name writes one wide line, and warns at boot', async ({ level }) => {
  const [one, two] = [new Lines(), new Lines()]
  @Module({ imports: [LoggerModule.forRoot({ level, outputs: [two] })] })
  class Feature {}
  await run([LoggerModule.forRoot({ level: 'info', outputs: [one] }), Feature])
  const lines = [...one.all, ...two.all]
  expect(lines.filter((line) => 'outcome' in line)).toHaveLength(1)
  expect(lines.filter((line) => line['level'] === 'warn')).toMatchObject([{ msg: WARNING }])
})

it('the same module object imported by several modules is one import', async () => {
  const lines = new Lines()
  const shared = LoggerModule.forRoot({ outputs: [lines] })
  @Module({ imports: [shared] })
  class Feature {}
  await run([shared, Feature])
  expect(lines.all).toMatchObject([{ msg: 'request completed', status: 200 }])
})

it.each([{ order: 'before' }, { order: 'after' }])(
  'a bare import $order the configured one takes no wide line from it, and warns on standard output',
  async ({ order }) => {
    const lines = new Lines()
    @Module({ imports: [LoggerModule] })
    class Feature {}
    const configured = LoggerModule.forRoot({ outputs: [lines] })
    const onStdout = await linesOnStdout(() => run(order === 'before' ? [Feature, configured] : [configured, Feature]))
    expect(lines.all).toMatchObject([{ msg: 'request completed', route: '/orders', status: 200 }])
    expect(onStdout).toMatchObject([{ level: 'warn', msg: BARE }])
  },
)

it('one application that is closed leaves the next one of the same module class its own lines', async () => {
  const [one, two] = [new Lines(), new Lines()]
  await run([LoggerModule.forRoot({ outputs: [one] })])
  await run([LoggerModule.forRoot({ outputs: [two] })])
  for (const lines of [one, two]) expect(lines.all).toMatchObject([{ route: '/orders' }])
})
