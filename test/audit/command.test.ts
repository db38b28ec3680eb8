import { createPublicKey } from 'node:crypto'
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { audit, verifyAudit } from 'wideline/audit'
import { runCommand } from '../../src/audit/command/command.js'
import { entryText, freshPath, KEY, KEY_ID, linesOf, makeFile, OPTIONS, TRUSTED, write } from './support.js'
import { runCommand as runProgram } from '../outputs/child.js'

/** Runs the command in this process. */
async function run(args: readonly string[], isTTY = false): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' }
  const code = await runCommand(args, {
    stdout: { write: (part) => (text.out += part) },
    stderr: { isTTY, columns: 80, write: (part) => (text.err += part) },
  })
  return { code, ...text }
}

const { filePath, bytes, note } = await makeFile(20, { checkpointEvery: 7 })
const notePath = freshPath('note')
fs.writeFileSync(notePath, note)
const pemPath = freshPath('key.pem')
fs.writeFileSync(pemPath, createPublicKey(KEY).export({ type: 'spki', format: 'pem' }))
const keysPath = freshPath('keys')
fs.writeFileSync(keysPath, `# ours\n\n${TRUSTED}\n`)

function changed(name: string, change: (copy: Buffer[]) => void): string {
  const copy = linesOf(bytes)
  change(copy)
  const forged = freshPath(name)
  fs.writeFileSync(forged, Buffer.concat(copy))
  return forged
}

describe('wideline verify', () => {
  it('ends with 0 for a valid file, whatever way the key is given', async () => {
    for (const key of [TRUSTED, keysPath, `${KEY_ID}=${pemPath}`]) {
      const { code, out } = await run(['verify', filePath, '--key', key, '--checkpoint', notePath])
      expect({ key, code }).toEqual({ key, code: 0 })
      expect(out).toContain('VALID: all ')
    }
  })

  it('ends with 2 and says that the end is unanchored where no checkpoint is held', async () => {
    const { code, out } = await run(['verify', filePath, '-k', TRUSTED])
    expect(code).toBe(2)
    expect(out).toMatch(/^UNANCHORED: lines 1 to \d+ are signed; no checkpoint was given/)
  })

  it('counts the lines of all files of a rotated log', async () => {
    const rotated = freshPath()
    const output = audit(rotated, OPTIONS)
    for (let i = 0; i < 30; i++) {
      write(output, entryText(i))
      if (i % 10 === 9 && i < 29) await output.rotate()
    }
    await output.close()
    const files = [`${rotated}.000001`, `${rotated}.000002`, rotated]
    const [first, second, last] = files.map((file) => linesOf(fs.readFileSync(file)).length)
    const { out } = await run(['verify', ...files, '--key', TRUSTED])
    expect(out).toContain(
      `UNANCHORED: all ${first + second} lines of the 2 files before ${rotated} are signed; ` +
        `of it lines 1 to ${last - 1} are signed; no checkpoint`,
    )
    const heldPath = freshPath('held')
    fs.writeFileSync(heldPath, output.lastCheckpoint!)
    const held = await run(['verify', ...files, '--key', TRUSTED, '--checkpoint', heldPath])
    expect(held.out).toContain(
      `VALID: all ${first + second + last} lines of 3 files are signed, and the last file ends`,
    )
  })

  it('refuses a private key, and says how to get the public one', async () => {
    const privatePath = freshPath('private.pem')
    fs.writeFileSync(privatePath, KEY.export({ type: 'pkcs8', format: 'pem' }))
    const { code, out, err } = await run(['verify', filePath, '--key', `${KEY_ID}=${privatePath}`])
    expect({ code, out }).toEqual({ code: 64, out: '' })
    expect(err).toContain(`it is a private key; its public half is written by openssl pkey -in ${privatePath} -pubout`)
    const unnamed = await run(['verify', filePath, '--key', privatePath])
    expect(unnamed.err).toContain(`a key in PEM needs its name, NAME=${privatePath}`)
  })

  it.each([
    {
      name: 'a letter of its key',
      key: TRUSTED.slice(0, -3) + (TRUSTED.at(-3) === 'A' ? 'B' : 'A') + TRUSTED.slice(-2),
    },
    { name: 'its name', key: `x${TRUSTED}` },
  ])('says that a verifier key is wrong in $name, and takes it for no file', async ({ key }) => {
    const { code, err } = await run(['verify', filePath, '--key', key])
    expect({ code, err: err.split('\n')[0] }).toEqual({
      code: 64,
      err: `wideline: --key ${key}: it looks like a verifier key, but its parts do not fit each other`,
    })
  })

  it('ends with 64 for a held checkpoint with a byte that is no UTF-8, wherever it is', async () => {
    const damagedPath = freshPath('damaged')
    for (let at = 0; at < Buffer.byteLength(note); at += 7) {
      const damaged = Buffer.from(note)
      damaged[at] = 0xff
      fs.writeFileSync(damagedPath, damaged)
      const { code } = await run(['verify', filePath, '--key', TRUSTED, '--checkpoint', damagedPath])
      expect({ at, code }).toEqual({ at, code: 64 })
      const lastCheckpoint = damaged.toString()
      await expect(verifyAudit(filePath, { publicKeys: [TRUSTED], lastCheckpoint })).rejects.toThrow(
        'signed checkpoint',
      )
    }
  })

  it('ends with 1 and names the line for a file that was tampered with', async () => {
    const forged = changed('forged', (copy) => {
      copy[9] = Buffer.from(copy[9].toString().replace('paid', 'void'))
    })
    const { code, out } = await run(['verify', forged, '--key', TRUSTED])
    expect(code).toBe(1)
    expect(out).toContain('TAMPERED: line 10 changed after being signed\n')
    const quiet = await run(['verify', forged, '--key', TRUSTED, '-q'])
    expect(quiet.out.split('\n')).toHaveLength(3)
  })

  it('ends with 1 for a file that was cut, if the checkpoint is held', async () => {
    const cut = changed('cut', (copy) => copy.splice(20))
    expect((await run(['verify', cut, '--key', TRUSTED])).code).toBe(2)
    const { code, out } = await run(['verify', cut, '--key', TRUSTED, '--checkpoint', notePath])
    expect(code).toBe(1)
    expect(out).toContain('it was cut, replaced or continued from an older state')
  })

  it('ends with 3 for a file that cannot be read', async () => {
    const { code, out } = await run(['verify', '/nowhere', '--key', TRUSTED])
    expect(code).toBe(3)
    expect(out).toContain('UNREADABLE: /nowhere cannot be read')
  })

  it.each([
    { args: [] },
    { args: ['verify'] },
    { args: ['verify', 'x'] },
    { args: ['verify', 'x', '--key', 'no/such/file'] },
    { args: ['verify', 'x', '--key', notePath] },
    { args: ['verify', 'x', '--key', TRUSTED, '--chekpoint', 'y'] },
    { args: ['verify', 'x', '--key', TRUSTED, '--checkpoint', '/nowhere'] },
    { args: ['verify', filePath, '--key', `a b=${pemPath}`] },
    { args: ['burn', 'x'] },
  ])('ends with 64 for $args', async ({ args }) => {
    const { code, err, out } = await run(args)
    expect({ code, out }).toEqual({ code: 64, out: '' })
    expect(err).toContain('Try wideline --help')
  })

  it('refuses a held checkpoint that is none', async () => {
    const { code, err } = await run(['verify', filePath, '--key', TRUSTED, '--checkpoint', keysPath])
    expect({ code, isTold: err.includes('a signed checkpoint') }).toEqual({ code: 64, isTold: true })
  })

  it('shows a bar on a terminal and takes it away, and nothing of it elsewhere', async () => {
    const { err } = await run(['verify', filePath, '--key', TRUSTED], true)
    expect(err).toContain('100 %')
    expect(err).toMatch(/\r +\r$/)
    expect((await run(['verify', filePath, '--key', TRUSTED])).err).toBe('')
    expect((await run(['verify', filePath, '--key', TRUSTED, '--quiet'], true)).err).toBe('')
  })

  it('gives the whole verdict as JSON', async () => {
    const { out } = await run(['verify', filePath, '--key', TRUSTED, '--json'])
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'unanchored',
      problems: [],
      files: [{ path: filePath, lines: 29 }],
    })
  })

  it('lets no file drive the terminal', async () => {
    const evil = await makeFile(1, { origin: 'a\u009b]0;x\u009c' })
    const { out } = await run(['verify', evil.filePath, '--key', TRUSTED])
    // oxlint-disable-next-line no-control-regex
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })
})

describe('wideline checkpoint', () => {
  it('prints the last checkpoint of a good file, and none of another', async () => {
    expect(await run(['checkpoint', filePath, '--key', TRUSTED])).toEqual({ code: 0, out: note, err: '' })
    const forged = changed('forged', (copy) => copy.splice(8, 1))
    const { code, out, err } = await run(['checkpoint', forged, '--key', TRUSTED])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('1 line is missing before line 9')
  })

  it('refuses --json, which it has no use for', async () => {
    const { code, out, err } = await run(['checkpoint', filePath, '--key', TRUSTED, '--json'])
    expect({ code, out }).toEqual({ code: 64, out: '' })
    expect(err).toContain('checkpoint has no --json')
  })
})

describe('the program', () => {
  const bin = path.resolve(import.meta.dirname, '../../dist/esm/src/audit/command/bin.js')

  it('is what package.json names, and takes arguments, standard input and help', async () => {
    const manifest = JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
      bin: { wideline: string }
    }
    expect(bin.endsWith(manifest.bin.wideline)).toBe(true)
    expect(fs.readFileSync(bin, 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true)
    const help = await runProgram(process.execPath, [bin, '--help'])
    expect({ code: help.code, isHelp: help.out.includes('wideline verify FILE') }).toEqual({ code: 0, isHelp: true })
    const child = spawn(process.execPath, [bin, 'verify', filePath, '--key', TRUSTED, '--checkpoint', '-'])
    child.stdin.end(note)
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(code).toBe(0)
  })

  it.each(['verify', 'checkpoint'])('%s ends with no verdict where nothing can be written', async (command) => {
    const child = spawn(process.execPath, [bin, command, filePath, '--key', TRUSTED])
    child.stdout.destroy()
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(74)
  })
})
