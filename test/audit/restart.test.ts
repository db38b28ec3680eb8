import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLogger } from 'wideline'
import { audit, verifierKey, verifyAudit } from 'wideline/audit'
import { secondVerify } from './second-verifier.js'
import { freshPath, judge, KEY_ID, keyOf, linesOf, makeFile, OPTIONS, TRUSTED, write } from './support.js'

const started = await makeFile(7, { checkpointEvery: 4 })
const lines = linesOf(started.bytes)
const lastCheckpoint = lines.at(-1)!
const openEnd = Buffer.concat(lines.slice(0, -2))

/** Opens bytes as a file, writes two entries and closes. */
async function goOn(bytes: Buffer): Promise<{ bytes: Buffer; note: string }> {
  const filePath = freshPath()
  fs.writeFileSync(filePath, bytes)
  const output = audit(filePath, OPTIONS)
  write(output, 'after')
  write(output, 'the restart')
  await output.close()
  return { bytes: fs.readFileSync(filePath), note: output.lastCheckpoint! }
}

function expectClean(bytes: Buffer, note: string, what: string): void {
  expect({ what, ...judge(bytes, note) }).toEqual({ what, verdict: 'valid', problems: [] })
  expect({ what, second: secondVerify([bytes], [TRUSTED], note) }).toEqual({ what, second: 'valid' })
}

describe('a restart', () => {
  it('goes on with the file, and keeps every byte of it', async () => {
    const again = await goOn(started.bytes)
    expect(again.bytes.subarray(0, started.bytes.length).equals(started.bytes)).toBe(true)
    expectClean(again.bytes, again.note, 'a restart')
    expect(judge(again.bytes, started.note).verdict).toBe('unanchored')
  })

  it('goes on cleanly from a file that was cut anywhere by the death of its writer', async () => {
    const header = lines[0].length
    for (let size = header; size <= started.bytes.length; size += size > openEnd.length ? 3 : 29) {
      const torn = started.bytes.subarray(0, size)
      const again = await goOn(torn)
      expect({ size, isKept: again.bytes.subarray(0, size).equals(torn) }).toEqual({ size, isKept: true })
      expectClean(again.bytes, again.note, `cut at ${size}`)
    }
  })

  it('after a restart after a restart is clean as well, each torn somewhere', async () => {
    let bytes = started.bytes
    for (const cut of [1, 5, 700, 20, 333, 1, 64, 2, 900, 13, 41, 7]) {
      const torn = bytes.subarray(0, bytes.length - cut)
      const again = await goOn(torn)
      expectClean(again.bytes, again.note, `${cut} bytes less`)
      ;({ bytes } = again)
    }
  })

  it('isolates a torn line and tells of it, and of what it found unsigned', async () => {
    const torn = Buffer.concat([openEnd, Buffer.from('{"level":"info","msg":"ha')])
    const again = await goOn(torn)
    const filePath = freshPath()
    fs.writeFileSync(filePath, again.bytes)
    const { files } = await verifyAudit(filePath, { publicKeys: [TRUSTED], lastCheckpoint: again.note })
    const resume = linesOf(openEnd).length + 2
    expect(files[0].restarts).toMatchObject([
      {
        line: resume,
        cause: 'restart',
        foundFrom: files[0].lines > 0 ? resume - 4 : 0,
        foundTo: resume - 1,
        torn: 25,
        damaged: resume - 1,
        lost: 0,
      },
    ])
    expect(linesOf(again.bytes)[resume - 2].toString()).toBe('{"level":"info","msg":"ha\n')
  })

  it('isolates a record that is torn or garbled, and what stands behind it', async () => {
    for (const rest of [
      '{"@audit":"che',
      '{"@audit":"cut","line":1}\n{"level":"info"}\n{"@audit":"line","base64":"eA=="}\n',
      '{"@audit":"?"}\n{"@audit":"cut","line":9,"reason":"lines","marks":""}\n',
      `{"@audit":"x"}\n${lastCheckpoint.toString().slice(0, 200)}`,
      '{"@audit":"x"}\nhalf',
    ]) {
      const again = await goOn(Buffer.concat([openEnd, Buffer.from(rest)]))
      expectClean(again.bytes, again.note, rest)
      const third = await goOn(again.bytes.subarray(0, again.bytes.length - 900))
      expectClean(third.bytes, third.note, `${rest}, and again`)
    }
  })

  it('that is told of where none was is tampering', () => {
    const forged = { '@audit': 'resume', line: lines.length + 1, time: '2026-01-01T00:00:00.000Z', cause: 'restart' }
    for (const rest of [
      { known: lines.length + 1, damaged: 0, torn: 0, lost: 0 },
      { known: 0, damaged: 0, torn: 0, lost: 0 },
      { known: lines.length, damaged: 3, torn: 0, lost: 0 },
      { known: lines.length, damaged: lines.length, torn: 5, lost: 0 },
    ]) {
      const bytes = Buffer.concat([started.bytes, Buffer.from(`${JSON.stringify({ ...forged, ...rest })}\n`)])
      expect({ rest, verdict: judge(bytes).verdict }).toEqual({ rest, verdict: 'tampered' })
      expect({ rest, verdict: secondVerify([bytes], [TRUSTED]) }).toEqual({ rest, verdict: 'tampered' })
    }
  })

  it('begins anew where the file is half a header, keeps that under another name, and tells', async () => {
    const header = lines[0].subarray(0, -1)
    for (let size = 1; size <= header.length; size += 23) {
      const filePath = freshPath()
      const torn = header.subarray(0, size)
      fs.writeFileSync(filePath, torn)
      const output = audit(filePath, OPTIONS)
      const problems: unknown[] = []
      createLogger({ outputs: [output], onError: (problem) => problems.push(problem) })
      write(output, 'one')
      await output.close()
      expect(problems).toMatchObject([{ code: 'TORN' }])
      const names = fs.readdirSync(path.dirname(filePath)).toSorted()
      expect(names).toEqual(['audit.log', expect.stringMatching(/^audit\.log\.torn-[0-9a-f]{12}$/)])
      expect(fs.readFileSync(path.join(path.dirname(filePath), names[1])).equals(torn)).toBe(true)
      expectClean(fs.readFileSync(filePath), output.lastCheckpoint!, `${size} bytes of a header`)
    }
  })

  it.each(['hello', '{"level":"info"}', '{"@audit":"cut"', '{"@audit":"header","format":"wideline-audit/2","a', ' '])(
    'refuses a file that holds %j and no newline, and leaves it alone',
    (content) => {
      const filePath = freshPath()
      fs.writeFileSync(filePath, content)
      expect(() => audit(filePath, OPTIONS)).toThrow('no audit file')
      expect(fs.readFileSync(filePath, 'utf8')).toBe(content)
      expect(fs.readdirSync(path.dirname(filePath))).toEqual(['audit.log'])
    },
  )

  it('begins anew in an empty file, and refuses what is no audit file', () => {
    const filePath = freshPath()
    fs.writeFileSync(filePath, '')
    void audit(filePath, OPTIONS).close()
    const other = freshPath()
    fs.writeFileSync(other, '{"level":"info"}\n')
    expect(() => audit(other, OPTIONS)).toThrow('no audit file')
    expect(fs.readFileSync(other, 'utf8')).toBe('{"level":"info"}\n')
    expect(fs.readdirSync(other.slice(0, other.lastIndexOf('/')))).toEqual(['audit.log'])
  })

  it('refuses a file whose last checkpoint is of another key, another log, or forged', async () => {
    const { filePath } = await makeFile(3)
    expect(() => audit(filePath, { ...OPTIONS, key: keyOf(2) })).toThrow('previousKey')
    expect(() => audit(filePath, { ...OPTIONS, origin: 'other' })).toThrow('not of other')
    const bytes = fs.readFileSync(filePath)
    // Another letter of base64, among those of the signature: any other byte would make a damaged record of it.
    const at = bytes.length - 30
    bytes[at] = bytes[at] === 0x42 ? 0x43 : 0x42
    fs.writeFileSync(filePath, bytes)
    expect(() => audit(filePath, OPTIONS)).toThrow('no good signature')
  })

  it('refuses a symbolic link', async () => {
    const { filePath } = await makeFile(1)
    const link = freshPath()
    fs.symlinkSync(filePath, link)
    expect(() => audit(link, OPTIONS)).toThrow('ELOOP')
    const { verdict } = await verifyAudit(link, { publicKeys: [verifierKey(KEY_ID, keyOf(1))] })
    expect(verdict).toBe('unanchored')
  })
})
