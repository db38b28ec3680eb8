import fs from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { createLogger, OptionError } from 'wideline'
import { audit, verifierKey, verifyAudit } from 'wideline/audit'
import { parseCheckpoint } from '../../src/audit/checkpoint.js'
import { parseNote } from '../../src/audit/signed-note.js'
import { secondVerify } from './second-verifier.js'
import { freshPath, judge, KEY, KEY_ID, keyOf, linesOf, OPTIONS, TRUSTED, write } from './support.js'

const reasonOf = (note: string): string => parseCheckpoint(parseNote(note)!.text)!.reason

describe('checkpoints', () => {
  it('are made after so many lines, after some time without any, on request and on close', async () => {
    const notes: string[] = []
    let arrived = (): void => undefined
    const byTime = new Promise<void>((resolve) => (arrived = resolve))
    const output = audit(freshPath(), {
      ...OPTIONS,
      checkpointEvery: 5,
      checkpointMs: 30,
      onCheckpoint: (note) => {
        notes.push(note)
        if (reasonOf(note) === 'time') arrived()
      },
    })
    for (let i = 0; i < 7; i++) write(output, `line ${i}`)
    // The two lines over are signed although none comes any more.
    const alive = setInterval(() => undefined, 1_000)
    await byTime
    clearInterval(alive)
    write(output, 'one more')
    await output.checkpoint()
    write(output, 'and one')
    await output.close()
    expect(notes.map(reasonOf)).toEqual(['start', 'lines', 'time', 'request', 'close'])
    expect(output.lastCheckpoint).toBe(notes.at(-1))
  })

  it('are not made where nothing new is to be signed', async () => {
    const output = audit(freshPath(), OPTIONS)
    write(output, 'line')
    const first = await output.checkpoint()
    expect(await output.checkpoint()).toBe(first)
    await output.close()
    expect(output.lastCheckpoint).toBe(first)
  })

  it('are handed on only when they are on the disk', async () => {
    const synced: number[] = []
    const filePath = freshPath()
    const output = audit(filePath, {
      ...OPTIONS,
      sync: 'batch',
      onCheckpoint: (note) => synced.push(Number(note.split('\n')[1]) - output.stats().syncedBytes),
    })
    const spy = vi.spyOn(fs, 'fdatasync')
    write(output, 'line')
    await output.checkpoint()
    expect(spy).toHaveBeenCalled()
    spy.mockRestore()
    await output.close()
    expect(synced.every((lead) => lead < 0)).toBe(true)
  })
})

it('a checkpoint that could not be handed on is told, and ends nothing', async () => {
  const problems: string[] = []
  const unhandled: unknown[] = []
  const listen = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', listen)
  const onCheckpoint = async (): Promise<void> => {
    await Promise.resolve()
    throw new Error('nobody there')
  }
  const logger = createLogger({
    outputs: [audit(freshPath(), { ...OPTIONS, onCheckpoint })],
    onError: ({ message }) => problems.push(message),
  })
  logger.info('m')
  await logger.close()
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', listen)
  expect(unhandled).toEqual([])
  expect(problems).toContain('nobody there')
})

describe('a signer elsewhere', () => {
  const signer = {
    publicKey: KEY,
    sign: async (message: Uint8Array): Promise<Uint8Array> => {
      await new Promise((resolve) => setImmediate(resolve))
      const { sign } = await import('node:crypto')
      return sign(null, message, KEY)
    },
  }

  it('signs while lines go on, and the file is valid', async () => {
    const filePath = freshPath()
    const output = audit(filePath, { ...OPTIONS, key: signer, checkpointEvery: 10 })
    for (let i = 0; i < 95; i++) {
      write(output, `line ${i}`)
      if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await output.close()
    const bytes = fs.readFileSync(filePath)
    expect(judge(bytes, output.lastCheckpoint)).toEqual({ verdict: 'valid', problems: [] })
    expect(secondVerify([bytes], [TRUSTED], output.lastCheckpoint)).toBe('valid')
    const lines = linesOf(bytes).map(String)
    // Some checkpoint does not stand right behind its cut.
    expect(lines.some((line, i) => line.includes('"checkpoint"') && !lines[i - 1].includes('"cut"'))).toBe(true)
  })

  it('that fails is reported, and the next checkpoint covers the same lines', async () => {
    const filePath = freshPath()
    let failures = 2
    const problems: string[] = []
    const output = audit(filePath, {
      ...OPTIONS,
      key: {
        publicKey: KEY,
        sign: (message) => (failures-- > 0 ? Promise.reject(new Error('no answer')) : signer.sign(message)),
      },
    })
    const log = createLogger({ outputs: [output], onError: (problem) => problems.push(problem.message) })
    log.info('signed later')
    await expect(output.checkpoint()).rejects.toThrow('could not be signed')
    await output.checkpoint()
    await log.close()
    expect(judge(fs.readFileSync(filePath), output.lastCheckpoint).verdict).toBe('valid')
    expect(problems.join()).toContain('no answer')
  })

  it('that signs with another key than it says never gets into the file', async () => {
    const filePath = freshPath()
    const { sign } = await import('node:crypto')
    const output = audit(filePath, {
      ...OPTIONS,
      key: { publicKey: KEY, sign: (message) => sign(null, message, keyOf(9)) },
    })
    write(output, 'line')
    await expect(output.checkpoint()).rejects.toThrow('could not be signed')
    await output.close()
    expect(fs.readFileSync(filePath, 'utf8')).not.toContain('"@audit":"checkpoint"')
  })
})

describe('entries', () => {
  it('that look like records, or hold newlines, are quoted and read back as they were', async () => {
    const filePath = freshPath()
    const output = audit(filePath, OPTIONS)
    const texts = [
      '{"@audit":"cut","line":3,"reason":"close","marks":""}',
      'two\nlines',
      '',
      '\r',
      'plain',
      '{"@audi"',
      '\ud7ff\u0000',
    ]
    for (const text of texts) write(output, text)
    await output.close()
    const bytes = fs.readFileSync(filePath)
    expect(judge(bytes, output.lastCheckpoint).verdict).toBe('valid')
    expect(secondVerify([bytes], [TRUSTED], output.lastCheckpoint)).toBe('valid')
    const entries = linesOf(bytes)
      .map((line) => line.toString().slice(0, -1))
      .filter((line) => !/^\{"@audit":"(?:header|cut|checkpoint)"/.test(line) || line.includes('line":"'))
      .map((line) =>
        line.startsWith('{"@audit":"line"')
          ? Buffer.from((JSON.parse(line) as { base64: string }).base64, 'base64').toString()
          : line,
      )
    expect(entries).toEqual(texts)
  })
})

describe('options', () => {
  it.each([
    { name: 'no key', given: { key: undefined }, want: 'audit.key' },
    { name: 'a public key', given: { key: TRUSTED }, want: 'audit.key' },
    { name: 'a key id with a space', given: { keyId: 'a b' }, want: 'audit.keyId' },
    { name: 'an unknown name', given: { chekpointEvery: 1 }, want: 'did you mean checkpointEvery' },
    { name: 'metadata that is nested', given: { metadata: { a: {} } }, want: 'audit.metadata' },
    { name: 'an origin of two lines', given: { origin: 'a\nb' }, want: 'audit.origin' },
    { name: 'an unknown failure policy', given: { onFailure: 'ignore' }, want: 'audit.onFailure' },
    { name: 'a checkpoint every 0 lines', given: { checkpointEvery: 0 }, want: 'audit.checkpointEvery' },
  ])('with $name are refused, and no error shows the key', ({ given, want }) => {
    const pem = KEY.export({ type: 'pkcs8', format: 'pem' }).toString()
    try {
      audit(freshPath(), { ...OPTIONS, key: pem, ...given } as never)
      expect.fail('it was taken')
    } catch (error) {
      expect(error).toBeInstanceOf(OptionError)
      expect(String(error)).toContain(want)
      expect(String(error)).not.toContain(pem.slice(30, 60))
    }
  })

  it('take a key in PEM, and put metadata and origin into the header', async () => {
    const filePath = freshPath()
    const key = KEY.export({ type: 'pkcs8', format: 'pem' }).toString()
    const output = audit(filePath, {
      ...OPTIONS,
      key,
      metadata: { host: 'a', run: 7 },
      origin: 'shop.example/log',
      algorithm: 'sha512',
    })
    write(output, 'line')
    await output.close()
    const { files, verdict } = await verifyAudit(filePath, {
      publicKeys: { [KEY_ID]: KEY },
      lastCheckpoint: output.lastCheckpoint!,
    })
    expect(verdict).toBe('valid')
    expect(files[0]).toMatchObject({ origin: 'shop.example/log', metadata: { host: 'a', run: 7 } })
    expect(secondVerify([fs.readFileSync(filePath)], [verifierKey(KEY_ID, KEY)], output.lastCheckpoint)).toBe('valid')
  })
})
