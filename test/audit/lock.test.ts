import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import { describe, expect, it } from 'vitest'
import { audit } from 'wideline/audit'
import { fixture } from '../outputs/child.js'
import { freshPath, judge, KEY, makeFile, OPTIONS, write } from './support.js'

const PEM = KEY.export({ type: 'pkcs8', format: 'pem' }).toString()

/** A process that holds the file until it is killed. */
async function holder(filePath: string): Promise<ChildProcess> {
  const settings = { filePath, key: PEM, keyId: OPTIONS.keyId, hold: true }
  const program = fixture('../../audit/fixtures/writer.mjs')
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('exit', () => reject(new Error('it ended')))
  })
  return child
}

const ended = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.once('exit', resolve))

describe('a second writer', () => {
  it('in the same process is refused until the first closes', async () => {
    const filePath = freshPath()
    const first = audit(filePath, OPTIONS)
    expect(() => audit(filePath, OPTIONS)).toThrow(`process ${process.pid}`)
    await first.close()
    await audit(filePath, OPTIONS).close()
    expect(fs.existsSync(`${filePath}.lock`)).toBe(false)
  })

  it('in another process is refused, and let in once that is dead', async () => {
    const filePath = freshPath()
    const child = await holder(filePath)
    expect(() => audit(filePath, OPTIONS)).toThrow(`process ${child.pid}`)
    const end = ended(child)
    child.kill('SIGKILL')
    await end
    const output = audit(filePath, OPTIONS)
    write(output, 'after')
    await output.close()
    expect(judge(fs.readFileSync(filePath), output.lastCheckpoint)).toEqual({ verdict: 'valid', problems: [] })
  })

  it('is told apart from a lock left by a process of our own number, of another run of the machine, or unfinished', async () => {
    const { filePath } = await makeFile(1)
    const lock = `${filePath}.lock`
    const boot = process.platform === 'linux' ? fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : ''
    for (const left of [
      { pid: process.pid, host: os.hostname(), boot, token: 'a' },
      { pid: 1, host: os.hostname(), boot: 'another', token: 'b' },
    ]) {
      fs.writeFileSync(lock, JSON.stringify(left))
      await audit(filePath, OPTIONS).close()
    }
    fs.writeFileSync(lock, '')
    expect(() => audit(filePath, OPTIONS)).toThrow('just now')
    const old = new Date(Date.now() - 60_000)
    fs.utimesSync(lock, old, old)
    await audit(filePath, OPTIONS).close()
    expect(fs.existsSync(lock)).toBe(false)
  })

  it('on another machine is refused for ever: nobody can tell', async () => {
    const { filePath } = await makeFile(1)
    fs.writeFileSync(`${filePath}.lock`, JSON.stringify({ pid: 1, host: 'elsewhere', boot: '', token: 'a' }))
    expect(() => audit(filePath, OPTIONS)).toThrow('elsewhere')
  })
})
