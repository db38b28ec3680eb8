import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { built, expectGolden, Lines } from './support.js'

const { createShop } = built<typeof import('../../examples/nestjs-shop/app.js')>('examples/nestjs-shop/app.js')
const { stops } = built<typeof import('../../examples/nestjs-shop/requests.js')>('examples/nestjs-shop/requests.js')

const { moreStops } = built<typeof import('../../examples/nestjs-shop/more-stops.js')>(
  'examples/nestjs-shop/more-stops.js',
)
const { openStock } = built<typeof import('../../examples/nestjs-shop/stock.client.js')>(
  'examples/nestjs-shop/stock.client.js',
)

/** The wide lines of one stop: it is served at once, so its lines come in any order. */
const AT_ONCE = 'three at once'

it('the Nest shop writes these lines on its tour', async () => {
  const lines = new Lines('shop')
  const app = await createShop({ logger: lines.logger, requests: { generateId: () => 'r-1' } })
  const stock = await openStock(app)
  await app.listen(0, '127.0.0.1')
  const base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`
  const written = [...lines.all]
  let wide = 0
  const all = [
    ...stops.map(({ what, run }) => ({ what, run: () => run(base) })),
    ...moreStops.map(({ what, run }) => ({ what, run: () => run({ base, app, stock }) })),
  ]
  for (const { what, run } of all) {
    const from = lines.all.length
    await run()
    wide += what === AT_ONCE ? 3 : 1
    await lines.untilWide(wide)
    const ofStop = lines.all.slice(from)
    written.push(`// ${what}`, ...(what === AT_ONCE ? ofStop.toSorted() : ofStop))
  }
  await stock.close()
  await app.close()
  expect(lines.all.filter((line) => line.includes('"outcome":'))).toHaveLength(wide)
  expectGolden('nestjs-shop.txt', written)
  expect(written.join('\n')).not.toMatch(/hunter2|4242424242424242|token=secret/)
})
