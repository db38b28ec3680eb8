import { execFile } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const moduleOf = (file: string): string => JSON.stringify(pathToFileURL(path.join(root, file)).href)

/** A server in a process of its own, on the build, which ends in the middle of a request. */
const program = (end: string): string => `
import { createServer } from 'node:http'
import { createLogger, stdout } from ${moduleOf('dist/esm/src/index.js')}
import { requestLogger } from ${moduleOf('dist/esm/integrations/express/index.js')}
const follow = requestLogger({ logger: createLogger({ outputs: [stdout()] }) })
const server = createServer((request, response) => follow(request, response, () => { ${end} }))
server.listen(0, '127.0.0.1', () => {
  fetch('http://127.0.0.1:' + server.address().port + '/hang').catch(() => undefined)
})
`

describe('a request under way when the program ends', () => {
  it.each([
    { name: 'by process.exit', end: 'process.exit(0)', code: 0 },
    { name: 'by SIGTERM', end: "process.kill(process.pid, 'SIGTERM')", code: undefined },
    { name: 'by an error that nobody catches', end: "setImmediate(() => { throw new Error('fatal') })", code: 1 },
  ])('has its line: $name', async ({ end, code }) => {
    const { stdout, exit } = await new Promise<{ stdout: string; exit: number | undefined }>((resolve) => {
      execFile(process.execPath, ['--input-type=module', '-e', program(end)], { timeout: 20_000 }, (problem, out) => {
        const status = problem === null ? 0 : problem.code
        resolve({ stdout: out, exit: typeof status === 'number' ? status : undefined })
      })
    })
    expect(exit).toBe(code)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0])).toMatchObject({ level: 'warn', outcome: 'aborted', url: '/hang', shutdown: true })
  })
})
