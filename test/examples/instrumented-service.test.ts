import { expect, it } from 'vitest'
import { built, expectGolden, Lines, runExample } from './support.js'

const { job } = built<typeof import('../../examples/instrumented-service/job.js')>(
  'examples/instrumented-service/job.js',
)

it('the instrumented service writes these lines', async () => {
  const lines = new Lines('billing')
  lines.logger.level = 'debug'
  await job(lines.logger)
  expectGolden(
    'instrumented-service.jsonl',
    lines.all.map((line) => line.replace(/"unitId":"[^"]+"/, '"unitId":"…"')),
  )
  expect(lines.all.join('\n')).not.toContain('4242424242424242')
})

it('as a program it writes every line before it ends', async () => {
  const { code, stdout, stderr } = await runExample('instrumented-service/main.js')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg),
  ).toEqual(expect.arrayContaining(['enter Billing.pay', 'exit Bank.charge', 'failed Billing.pay']))
})
