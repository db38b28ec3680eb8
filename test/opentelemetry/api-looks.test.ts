import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'

// What the API exports are accessors that V8 does not see through: 200 ns a look, where a line takes as long. So a line
// that has to look at none must do without, which the build decides as much as the source does.

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Writes lines with the build while looks at the API's exports are counted, and says how many each kind of line took. */
const PROGRAM = `
const load = require('node:module').createRequire(${JSON.stringify(`${ROOT}package.json`)})
const api = load('@opentelemetry/api')
const { AsyncLocalStorageContextManager } = load('@opentelemetry/context-async-hooks')
const { context, trace, ROOT_CONTEXT } = api
let looks = 0
const counted = { get: (from, name) => (looks++, from[name]) }
load.cache[load.resolve('@opentelemetry/api')].exports = new Proxy(api, counted)

const { createLogger, json, memory } = load('./dist/cjs/src/index.js')
const { instrument } = load('./dist/cjs/integrations/opentelemetry/index.js')
const log = createLogger({ outputs: [{ output: memory(), encoder: json() }] })
instrument(log, { metrics: false })
const found = { loading: looks }
function count(state) {
  for (let i = 0; i < 100; i++) log.info('order paid')
  const start = looks
  for (let i = 0; i < 1000; i++) log.info('order paid', { orderId: i })
  found[state] = looks - start
}
count('none')
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
context.with(ROOT_CONTEXT, () => count('idle'))
const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }
context.with(trace.setSpanContext(ROOT_CONTEXT, ids), () => count('active'))
const spans = Array.from({ length: 1000 }, (_, i) => trace.setSpanContext(ROOT_CONTEXT, { ...ids, spanId: (i + 1).toString(16).padStart(16, '0') }))
const start = looks
for (const each of spans) context.with(each, () => log.info('order paid'))
found.changing = looks - start
const before = looks
for (const each of spans) context.with(each, () => log.unit('job', (unit) => unit.info('order paid')))
found.units = looks - before
console.log(JSON.stringify(found))
`

describe("looks at the API's exports", () => {
  let found: Record<'loading' | 'none' | 'idle' | 'active' | 'changing' | 'units', number>

  beforeAll(async () => {
    const { stdout } = await run(process.execPath, ['--eval', PROGRAM])
    found = JSON.parse(stdout) as typeof found
  })

  it('are counted where there are some', () => {
    expect(found.loading).toBeGreaterThanOrEqual(10)
  })

  it.each(['none', 'idle', 'active', 'changing', 'units'] as const)(
    'none is needed for a line or unit: %s',
    (state) => {
      expect(found[state]).toBe(0)
    },
  )
})
