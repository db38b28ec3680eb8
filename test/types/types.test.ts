import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CHECKS = 'test/types/checks'

/** The compilers that applications have: the oldest and the newest of those that are written in JavaScript, and the native one. */
const COMPILERS = [
  { version: '5.4', folder: 'typescript-5.4', own: [] },
  { version: '5.9', folder: 'typescript-5.9', own: [] },
  { version: '7', folder: 'typescript', own: ['--ignoreConfig'] },
]
const MODES = [
  { mode: 'legacy', flags: ['--experimentalDecorators'] },
  { mode: 'standard', flags: [] },
]
const OPTIONS = (
  '--strict --target es2022 --module nodenext --skipLibCheck --types node --exactOptionalPropertyTypes ' +
  '--noPropertyAccessFromIndexSignature --rootDir test/types'
).split(' ')

interface Compiled {
  readonly code: number
  /** What the compiler says, a line for each error. */
  readonly said: string[]
}

/** Compiles files against the built package, as an application does. */
async function compile(
  { folder, own }: (typeof COMPILERS)[number],
  { flags }: (typeof MODES)[number],
  files: readonly string[],
  options: readonly string[],
): Promise<Compiled> {
  if (!fs.existsSync(path.join(ROOT, 'dist/esm/src/index.d.ts'))) throw new Error('npm run build comes first')
  const tsc = path.join(ROOT, 'node_modules', folder, 'bin/tsc')
  const args = [tsc, ...own, ...flags, ...OPTIONS, ...options, ...files]
  try {
    const { stdout } = await run(process.execPath, args, { cwd: ROOT })
    return { code: 0, said: stdout.split('\n').filter((line) => line !== '') }
  } catch (failure) {
    const { stdout, stderr } = failure as { stdout: string; stderr: string }
    return { code: 1, said: `${stdout}\n${stderr}`.split('\n').filter((line) => line.includes('error TS')) }
  }
}

const checksFor = (mode: string): string[] =>
  fs
    .readdirSync(path.join(ROOT, CHECKS))
    .filter((name) => mode === 'legacy' || !name.includes('.legacy.'))
    .map((name) => `${CHECKS}/${name}`)

/** Wrong things, each of which must be an error of its own. */
const PLANTED = `
import { createLogger, fields, int, string } from 'wideline'
import { LogFields } from 'wideline/decorators'
const Payment = fields({ orderId: int() })
createLogger().info('paid', Payment, { orderId: '42' })
createLogger().info('paid', Payment, { orderId: 42, more: 1 })
class Orders {
  @LogFields({ paymentId: string.result('idd') })
  pay(): { id: string } {
    return { id: 'p-1' }
  }
}
void Orders
`

for (const compiler of COMPILERS) {
  describe(`TypeScript ${compiler.version}`, () => {
    for (const mode of MODES) {
      it.concurrent(
        `finds every wrong thing and no other, and makes code that runs: ${mode.mode} decorators`,
        { timeout: 240_000 },
        async () => {
          const out = path.join(ROOT, 'dist/typescript', `${compiler.version}-${mode.mode}`)
          const files = [...checksFor(mode.mode), 'test/types/running/shop.ts']
          expect(await compile(compiler, mode, files, ['--outDir', out])).toEqual({ code: 0, said: [] })
          const { stdout } = await run(process.execPath, [path.join(out, 'running/shop.js')])
          const lines = stdout.trim().split('\n')
          expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
            {
              msg: 'enter Orders.refund',
              call: 'Orders.refund',
              depth: 1,
              component: 'orders',
              card: '…1234',
              amount: 3,
            },
            { msg: 'enter Orders.parts', call: 'Orders.parts', depth: 2, caller: 'Orders.refund', component: 'orders' },
            {
              msg: 'exit Orders.parts',
              call: 'Orders.parts',
              depth: 2,
              caller: 'Orders.refund',
              component: 'orders',
              items: 3,
            },
            { msg: 'exit Orders.refund', call: 'Orders.refund', depth: 1, component: 'orders', result: 3 },
            {
              msg: 'request completed',
              outcome: 'completed',
              component: 'orders',
              orderId: 42,
              tenant: 'acme',
              q: 'x',
              bodyAmount: 3,
              path: '/orders/42',
              brokenError: 'throws: no value',
              wrongError: 'expected int, got string "x"',
              amount: 3,
              card: '…1234',
              cents: 300,
              refund: 3,
              paymentId: 'p-1',
              items: 2,
            },
            { msg: 'request completed', outcome: 'completed', orderId: 42 },
          ])
        },
      )
    }

    it.concurrent('lets a request take registered fields only', { timeout: 240_000 }, async () => {
      const files = ['test/types/registered/registered.ts']
      expect(await compile(compiler, MODES[0], files, ['--noEmit'])).toEqual({ code: 0, said: [] })
    })
  })
}

describe('the check (control)', () => {
  it('sees what is wrong where nothing says that it is', { timeout: 240_000 }, async () => {
    const file = path.join(ROOT, 'dist/typescript/planted.ts')
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, PLANTED)
    const { code, said } = await compile(COMPILERS[2], MODES[0], [file], ['--noEmit', '--rootDir', '.'])
    expect(code).toBe(1)
    expect(said.map((line) => /planted\.ts\((\d+),/.exec(line)?.[1])).toEqual(['5', '6', '8'])
  })
})
