import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { audit } from 'wideline/audit'
import { fixture, runCommand } from '../outputs/child.js'
import { secondVerify } from './second-verifier.js'
import { freshPath, judge, KEY, KEY_ID, linesOf, OPTIONS, TRUSTED, write } from './support.js'

const key = KEY.export({ type: 'pkcs8', format: 'pem' }).toString()
const program = fixture('../../audit/fixtures/writer.mjs')

const entriesOf = (bytes: Buffer): number =>
  linesOf(bytes).filter((line) => line.toString().includes('"msg":"entry ')).length

describe('a process', () => {
  it.each([
    { ending: 'natural', sync: 'batch' },
    { ending: 'exit', sync: 'batch' },
    { ending: 'exit', sync: 'each' },
    { ending: 'throw', sync: 'batch' },
    { ending: 'throw', sync: 'never' },
    { ending: 'close', sync: 'batch' },
    { ending: 'signal', sync: 'batch' },
  ])('that ends by $ending with sync $sync loses nothing and signs its last line', async ({ ending, sync }) => {
    const filePath = freshPath()
    const settings = { filePath, key, keyId: KEY_ID, sync, ending, entries: 20, checkpointEvery: 7 }
    await runCommand(process.execPath, [program, JSON.stringify(settings)])
    const bytes = fs.readFileSync(filePath)
    expect(entriesOf(bytes)).toBe(ending === 'signal' ? 21 : 20)
    const lines = linesOf(bytes)
    const last = JSON.parse(lines.at(-1)!.toString()) as { note: string }
    expect(judge(bytes, last.note)).toEqual({ verdict: 'valid', problems: [] })
    // A signal ends it before it can tidy up: the next writer finds that nobody holds the lock.
    if (ending === 'signal') await audit(filePath, OPTIONS).close()
    expect(fs.existsSync(`${filePath}.lock`)).toBe(false)
  })

  it("that is killed leaves files that are clean, and with sync 'each' every line whose call returned", async () => {
    const files = Array.from({ length: 6 }, () => freshPath())
    const before = files.map(() => 0)
    for (let round = 0; round < 3; round++) {
      const sync = round === 1 ? 'each' : 'never'
      const settings = { files, key, keyId: KEY_ID, sync, ending: 'busy', entries: 12, checkpointEvery: 9 }
      const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const ended = new Promise((resolve) => child.once('exit', resolve))
      await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
      child.kill('SIGKILL')
      await ended
      for (const [i, file] of files.entries()) {
        const bytes = fs.readFileSync(file)
        expect(judge(bytes)).toEqual({ verdict: 'unanchored', problems: [] })
        expect(secondVerify([bytes], [TRUSTED])).toBe('unanchored')
        expect(entriesOf(bytes)).toBeGreaterThanOrEqual(before[i] + (sync === 'each' ? 2 : 0))
        before[i] = entriesOf(bytes)
      }
    }
    for (const file of files) {
      const output = audit(file, OPTIONS)
      write(output, 'at last')
      await output.close()
      expect(judge(fs.readFileSync(file), output.lastCheckpoint)).toEqual({ verdict: 'valid', problems: [] })
    }
  })

  it("that cannot store a line with onFailure 'exit' ends with code 74", async () => {
    const filePath = freshPath()
    const script = `
      import fs from 'node:fs'
      import { createLogger } from ${JSON.stringify(new URL('../../dist/esm/src/index.js', import.meta.url).href)}
      import { audit } from ${JSON.stringify(new URL('../../dist/esm/src/audit/index.js', import.meta.url).href)}
      const log = createLogger({ outputs: [audit(process.argv[1], ${JSON.stringify({ key, keyId: KEY_ID, sync: 'each', onFailure: 'exit' })})] })
      log.info('stored')
      fs.appendFileSync(process.argv[1], 'forged')
      log.info('not stored')
      console.log('not reached')`
    const { code, out } = await runCommand(process.execPath, ['--input-type=module', '-e', script, filePath])
    expect({ code, out }).toEqual({ code: 74, out: '' })
  })
})
