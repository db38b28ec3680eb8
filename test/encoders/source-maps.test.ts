import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshPath } from '../outputs/folder.js'

const core = path.resolve('dist/esm/src/index.js')

/** A program as a compiler leaves it: its second line came from line 12, column 3 of shop/orders.ts. */
const program = `import { createLogger } from ${JSON.stringify(core)}
const pay = () => { throw new RangeError('gateway timeout') }
const log = createLogger({ errors: { stack: process.argv[2], fingerprint: true } })
try { pay() } catch (error) { log.error('payment failed', error) }
`
// Lines 1, 3 and 4 are nobody's. Each of line 2 leads to source 0, eleven lines down, two columns in.
const map = { version: 3, file: 'orders.mjs', sources: ['shop/orders.ts'], names: [], mappings: ';AAWE;;' }
const comment = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`

/** The error on the line of the program. */
function written(stack: 'text' | 'lines', ...flags: string[]): { stack: string | string[]; fingerprint: string } {
  const file = freshPath('orders.mjs')
  fs.writeFileSync(file, program + comment)
  const line = execFileSync(process.execPath, [...flags, file, stack], { encoding: 'utf8' })
  return (JSON.parse(line) as { error: ReturnType<typeof written> }).error
}

describe('a stack under --enable-source-maps', () => {
  it('leads to the source, as text and as lines', () => {
    expect(written('text', '--enable-source-maps').stack).toMatch(/\n {4}at pay .*shop\/orders\.ts:12:3\)/)
    expect(written('lines', '--enable-source-maps').stack[0]).toMatch(/^pay .*shop\/orders\.ts:12:3\)$/)
  })

  it('groups by the place in the source', () => {
    const [mapped, again, plain] = [['--enable-source-maps'], ['--enable-source-maps'], []].map(
      (flags) => written('text', ...flags).fingerprint,
    )
    expect(mapped).toMatch(/^[0-9a-f]{16}$/)
    expect(again).toBe(mapped)
    expect(plain).not.toBe(mapped)
  })

  it('leads to what was compiled without the flag (control)', () => {
    expect(written('text').stack).toMatch(/orders\.mjs:2:27/)
  })
})
