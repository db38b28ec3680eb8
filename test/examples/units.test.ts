import { expect, it } from 'vitest'
import { built, expectGolden, Lines, runExample } from './support.js'

const jobs = built<typeof import('../../examples/units/jobs.js')>('examples/units/jobs.js')

it('the units write these lines', async () => {
  const lines = new Lines('jobs')
  await jobs.nightlyReport(lines.logger)
  jobs.handle(lines.logger, { id: 'm-1', headers: {}, body: { orderId: 42, amount: 99.5 } })
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  expect(() =>
    jobs.handle(lines.logger, { id: 'm-2', headers: { traceparent }, body: { orderId: 7, amount: 20_000 } }),
  ).toThrow('limit exceeded')
  expect(jobs.transfer(lines.logger, [1, 2])).toBe(true)
  expect(jobs.transfer(lines.logger, [3, -4])).toBe(false)
  expectGolden(
    'units.jsonl',
    lines.all.map((line) => line.replace(/"unitId":"[0-9a-z]{22}"/g, '"unitId":"…"')),
  )
})

it('as a program it ends by itself, with every line written', async () => {
  const { code, stdout, stderr } = await runExample('units/main.js')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.trimEnd().split('\n')).toHaveLength(9)
})
