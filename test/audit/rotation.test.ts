import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { audit, type AuditOutput, verifierKey, verifyAudit } from 'wideline/audit'
import { secondVerify } from './second-verifier.js'
import { freshPath, KEY, keyOf, linesOf, OPTIONS, TRUSTED, write } from './support.js'

const KEY_2 = keyOf(2)

function filesOf(filePath: string): string[] {
  const folder = path.dirname(filePath)
  const sealed = fs.readdirSync(folder).filter((name) => /\.\d{6}$/.test(name))
  return [...sealed.toSorted().map((name) => path.join(folder, name)), filePath]
}

async function judgeAll(
  files: readonly string[],
  note: string | undefined,
): Promise<{ verdict: string; kinds: string[] }> {
  const options = { publicKeys: [TRUSTED], ...(note === undefined ? {} : { lastCheckpoint: note }) }
  const { verdict, problems } = await verifyAudit(files, options)
  expect(
    secondVerify(
      files.map((file) => fs.readFileSync(file)),
      [TRUSTED],
      note,
    ),
  ).toBe(verdict)
  return { verdict, kinds: problems.map(({ kind }) => kind) }
}

async function rotated(files: number): Promise<{ filePath: string; output: AuditOutput }> {
  const filePath = freshPath()
  const output = audit(filePath, OPTIONS)
  for (let i = 1; i < files; i++) {
    write(output, `of file ${i}`)
    await output.rotate()
  }
  write(output, 'of the last file')
  await output.close()
  return { filePath, output }
}

/** The output of a later start, which wrote a line and was closed. */
async function startedAgain(filePath: string): Promise<AuditOutput> {
  const again = audit(filePath, OPTIONS)
  write(again, 'after that')
  await again.close()
  return again
}

describe('rotation', () => {
  it('seals a file, names it by its sequence, and links the next one to it', async () => {
    const { filePath, output } = await rotated(3)
    const files = filesOf(filePath)
    expect(files.map((file) => path.basename(file))).toEqual(['audit.log.000001', 'audit.log.000002', 'audit.log'])
    expect(await judgeAll(files, output.lastCheckpoint)).toEqual({ verdict: 'valid', kinds: [] })
    expect((await judgeAll(files, undefined)).verdict).toBe('unanchored')
  })

  it('happens by itself from a size on', async () => {
    const filePath = freshPath()
    const output = audit(filePath, { ...OPTIONS, rotateBytes: 65_536 })
    for (let i = 0; i < 3_000; i++) write(output, `${'x'.repeat(100)} ${i}`)
    await output.close()
    const files = filesOf(filePath)
    expect(files.length).toBeGreaterThan(3)
    expect((await judgeAll(files, output.lastCheckpoint)).verdict).toBe('valid')
    const entries = files
      .flatMap((file) => linesOf(fs.readFileSync(file)).map(String))
      .filter((line) => line.startsWith('x'))
    expect(entries.map((line) => Number(line.split(' ')[1]))).toEqual(Array.from({ length: 3_000 }, (_, i) => i))
  })

  it('shows when a file is missing, cut, replaced or out of order', async () => {
    const { filePath, output } = await rotated(3)
    const [one, two, three] = filesOf(filePath)
    const note = output.lastCheckpoint
    for (const files of [
      [one, three],
      [two, one, three],
      [one, one, two, three],
      [one, three, two],
    ]) {
      expect((await judgeAll(files, note)).verdict).toBe('tampered')
    }
    expect(await judgeAll([one, two], note)).toEqual({ verdict: 'tampered', kinds: ['held-checkpoint'] })
    expect((await judgeAll([two, three], note)).verdict).toBe('valid')
    const bytes = fs.readFileSync(two)
    fs.writeFileSync(two, bytes.subarray(0, bytes.lastIndexOf(10, bytes.length - 2) + 1))
    // The seal is not signed any more, but the next file names its head.
    expect((await judgeAll([one, two, three], note)).verdict).toBe('valid')
    fs.writeFileSync(two, Buffer.concat([bytes, Buffer.from('{"level":"info"}\n')]))
    expect((await judgeAll([one, two, three], note)).kinds[0]).toBe('order')
    fs.writeFileSync(two, fs.readFileSync(filesOf((await rotated(3)).filePath)[1]))
    expect((await judgeAll([one, two, three], note)).kinds).toContain('link')
  })

  it('is finished by the next start, wherever it was cut short', async () => {
    for (const step of ['before the rename', 'before the next file', 'before the seal is signed']) {
      const { filePath, output } = await rotated(2)
      const [sealed] = filesOf(filePath)
      fs.rmSync(filePath)
      if (step !== 'before the next file') fs.renameSync(sealed, filePath)
      if (step === 'before the seal is signed') {
        const bytes = fs.readFileSync(filePath)
        fs.writeFileSync(filePath, bytes.subarray(0, bytes.length - 100))
      }
      const again = await startedAgain(filePath)
      expect({ step, ...(await judgeAll(filesOf(filePath), again.lastCheckpoint)) }).toEqual({
        step,
        verdict: 'valid',
        kinds: [],
      })
      expect(output.lastCheckpoint).not.toBe(again.lastCheckpoint)
    }
  })

  it('is finished where only the newline of its checkpoint is missing, and where half a header follows', async () => {
    for (const step of ['newline, before the rename', 'newline, after it', 'half a header']) {
      const { filePath } = await rotated(2)
      const [sealed] = filesOf(filePath)
      if (step === 'half a header') fs.truncateSync(filePath, 100)
      else {
        fs.rmSync(filePath)
        fs.truncateSync(sealed, fs.statSync(sealed).size - 1)
        if (step === 'newline, before the rename') fs.renameSync(sealed, filePath)
      }
      const again = await startedAgain(filePath)
      expect({ step, ...(await judgeAll(filesOf(filePath), again.lastCheckpoint)) }).toEqual({
        step,
        verdict: 'valid',
        kinds: [],
      })
    }
  })

  it('goes on where the checkpoint of its seal is torn and moved aside, and no verdict is valid then', async () => {
    for (const size of [1, 10, 11, 200]) {
      const { filePath } = await rotated(2)
      const [sealed] = filesOf(filePath)
      fs.rmSync(filePath)
      const checkpoint = linesOf(fs.readFileSync(sealed)).at(-1)!
      fs.truncateSync(sealed, fs.statSync(sealed).size - checkpoint.length + size)
      const again = audit(filePath, OPTIONS)
      await again.close()
      const { verdict } = await judgeAll(filesOf(filePath), again.lastCheckpoint)
      expect({ size, verdict }).toEqual({ size, verdict: 'unanchored' })
    }
  })

  it('refuses to follow a file that does not end with a seal', async () => {
    for (const rest of ['x\n', '{"@audit":"x"}\n', '{"@audit":"x"}\nhalf', 'cut']) {
      const { filePath } = await rotated(2)
      const [sealed] = filesOf(filePath)
      fs.rmSync(filePath)
      const lines = linesOf(fs.readFileSync(sealed))
      const bare = Buffer.concat(lines.slice(0, -1))
      const bytes = rest === 'cut' ? bare.subarray(0, -5) : Buffer.concat([bare, Buffer.from(rest)])
      fs.writeFileSync(sealed, bytes)
      expect(() => audit(filePath, OPTIONS)).toThrow('is not sealed')
      expect(fs.readFileSync(sealed).equals(bytes)).toBe(true)
    }
  })

  it('works with a signer elsewhere', async () => {
    const { sign } = await import('node:crypto')
    const filePath = freshPath()
    const output = audit(filePath, {
      ...OPTIONS,
      key: { publicKey: KEY, sign: (message) => Promise.resolve().then(() => sign(null, message, KEY)) },
    })
    write(output, 'one')
    await output.rotate()
    write(output, 'two')
    await output.close()
    expect((await judgeAll(filesOf(filePath), output.lastCheckpoint)).verdict).toBe('valid')
  })
})

describe('a change of keys', () => {
  it('is signed by the old key, while running, and holds through rotation and restart', async () => {
    const filePath = freshPath()
    const output = audit(filePath, OPTIONS)
    write(output, 'under the first key')
    await output.rotateKey(KEY_2, 'second')
    expect(output.verifierKey).toBe(verifierKey('second', KEY_2))
    write(output, 'under the second')
    await output.rotate()
    write(output, 'in the next file')
    await output.close()
    const again = audit(filePath, { ...OPTIONS, key: KEY_2, keyId: 'second' })
    write(again, 'after a restart')
    await again.close()
    expect((await judgeAll(filesOf(filePath), again.lastCheckpoint)).verdict).toBe('valid')
  })

  it('happens at a start that is given both keys, also where the next file begins then', async () => {
    for (const isSealed of [false, true]) {
      const filePath = freshPath()
      const first = audit(filePath, OPTIONS)
      write(first, 'line')
      if (isSealed) await first.rotate()
      await first.close()
      if (isSealed) fs.rmSync(filePath)
      const second = { ...OPTIONS, key: KEY_2, keyId: 'second' }
      const output = audit(filePath, { ...second, previousKey: { key: KEY, keyId: OPTIONS.keyId } })
      write(output, 'line')
      await output.close()
      const third = audit(filePath, second)
      await third.close()
      expect(await judgeAll(filesOf(filePath), third.lastCheckpoint)).toEqual({ verdict: 'valid', kinds: [] })
    }
  })

  it('that the old key did not sign is tampering', async () => {
    const filePath = freshPath()
    const output = audit(filePath, OPTIONS)
    write(output, 'line')
    await output.rotateKey(KEY_2, 'second')
    await output.close()
    const text = fs.readFileSync(filePath, 'utf8')
    const lines = text.split('\n')
    const at = lines.findIndex((line) => line.includes('reason key'))
    const record = JSON.parse(lines[at]) as { note: string }
    record.note = record.note.replace(
      /(— shop\S+ )(\S{10})(\S)/,
      (_, a: string, b: string, c: string) => a + b + (c === 'A' ? 'B' : 'A'),
    )
    lines[at] = JSON.stringify(record)
    fs.writeFileSync(filePath, lines.join('\n'))
    expect((await judgeAll([filePath], undefined)).kinds).toContain('signature')
    // The new key alone does not vouch for what came before it.
    fs.writeFileSync(filePath, text)
    const { verdict } = await verifyAudit(filePath, { publicKeys: { second: KEY_2 } })
    expect(verdict).toBe('tampered')
  })
})
