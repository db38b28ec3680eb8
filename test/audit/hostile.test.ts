import { sign } from 'node:crypto'
import fs from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { verifyAudit } from 'wideline/audit'
import { secondVerify } from './second-verifier.js'
import { freshPath, judge, KEY, linesOf, makeFile, TRUSTED } from './support.js'

const { bytes, note } = await makeFile(9, { checkpointEvery: 4 })
const lines = linesOf(bytes)
const time = '2026-01-01T00:00:00.000Z'

function expectTampered(what: string, forged: Buffer): void {
  expect({ what, verdict: judge(forged).verdict }).toEqual({ what, verdict: 'tampered' })
  expect({ what, verdict: secondVerify([forged], [TRUSTED]) }).toEqual({ what, verdict: 'tampered' })
}

describe('behind a good file', () => {
  it.each([
    '{"@audit":"unknown"}',
    '{"@audit":"cut"}',
    '{"@audit":"cut","line":16,"reason":"close","marks":"","more":1}',
    '{"@audit":"cut","reason":"close","line":16,"marks":""}',
    '{"@audit":"cut","line":16,"reason":"whim","marks":""}',
    '{"@audit":"cut","line":16.0,"reason":"close","marks":""}',
    '{"@audit":"cut","line":"16","reason":"close","marks":""}',
    '{"@audit":"cut","line":99,"reason":"close","marks":""}',
    '{"@audit":"line","base64":"eA"}',
    '{"@audit":"line","base64":"eB=="}',
    '{"@audit":"line","base64":"eA==","base64":"eA=="}',
    '{"@audit":"line", "base64":"eA=="}',
    '{"@audit":"\\u006cine","base64":"eA=="}',
    '{"@audit":"line","base64":"eA=="} ',
    '{"@audit":"line","base64":"eA=="}\r',
    '{"@audit":"checkpoint","note":""}',
    '{"@audit":"checkpoint","note":"a\\n\\n— b AAAAAAAA\\n"}',
    '{"@audit":"constructor"}',
    '{"@audit":"__proto__"}',
    '{"@audit":"',
    '{"@audit":"\u0000',
    `{"@audit":"resume","line":1,"time":"${time}","cause":"restart","known":0,"damaged":0,"torn":0,"lost":0}`,
    lines[0].toString().trimEnd(),
  ])('%j is tampering', (line) => {
    expectTampered(line, Buffer.concat([bytes, Buffer.from(`${line}\n`)]))
  })

  it.each(['', 'garbage', '\r', '\u0000\u0000', '{"level":"info"}', ' {"@audit":"unknown"}', '\ufeff{"@audit":"cut"}'])(
    'the entry %j is never plainly valid, and the checkpoint that is held tells where it begins',
    (line) => {
      const longer = Buffer.concat([bytes, Buffer.from(`${line}\n`)])
      expect(judge(longer, note).verdict).toBe('unanchored')
      expect(secondVerify([longer], [TRUSTED], note)).toBe('unanchored')
    },
  )

  it('each line of its own, again, is tampering or an unsigned tail', () => {
    for (const line of lines) {
      const longer = Buffer.concat([bytes, line])
      const { verdict } = judge(longer, note)
      expect(verdict).toBe(line.includes('"@audit"') ? 'tampered' : 'unanchored')
      expect(secondVerify([longer], [TRUSTED], note)).toBe(verdict)
    }
  })
})

describe('line ends', () => {
  it('that were changed, doubled or taken away are tampering', () => {
    expectTampered('CRLF', Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'))
    for (let i = 1; i < lines.length - 3; i += 2) {
      const at = Buffer.concat(lines.slice(0, i)).length
      expectTampered(
        `an empty line behind line ${i}`,
        Buffer.concat([bytes.subarray(0, at), Buffer.from('\n'), bytes.subarray(at)]),
      )
      expectTampered(`no newline behind line ${i}`, Buffer.concat([bytes.subarray(0, at - 1), bytes.subarray(at)]))
      expectTampered(
        `CR behind line ${i}`,
        Buffer.concat([bytes.subarray(0, at - 1), Buffer.from('\r\n'), bytes.subarray(at)]),
      )
    }
  })

  it('that were moved between two entries are tampering: frames have lengths', async () => {
    const file = await makeFile(0, {})
    expect(judge(file.bytes, file.note).verdict).toBe('valid')
    const text = bytes.toString('latin1')
    const at = text.indexOf('paid","n":7}\n') + 'paid","n":7}'.length
    const moved = `${text.slice(0, at)}${text[at + 1]}\n${text.slice(at + 2)}`
    expectTampered('a newline one byte later', Buffer.from(moved, 'latin1'))
  })
})

describe('a key holder', () => {
  it('that signs what is not so is found: size, bytes, previous, reason, file', () => {
    const last = JSON.parse(lines.at(-1)!.toString()) as { note: string }
    const text = last.note.slice(0, last.note.indexOf('\n\n') + 1)
    const [, , base64] = last.note.slice(last.note.indexOf('\n\n') + 2).split(' ')
    const id = Buffer.from(base64, 'base64').subarray(0, 4)
    const resigned = (changed: string): Buffer => {
      const signature = Buffer.concat([id, sign(null, Buffer.from(changed), KEY)]).toString('base64')
      const record = { '@audit': 'checkpoint', note: `${changed}\n— shop.example/audit ${signature}\n` }
      return Buffer.concat([...lines.slice(0, -1), Buffer.from(`${JSON.stringify(record)}\n`)])
    }
    expect(judge(resigned(text)).verdict).toBe('unanchored')
    for (const [from, to] of [
      [/^(.*\n)\d+\n/, '$116\n'],
      [/bytes \d+/, 'bytes 1'],
      [/previous \S+/, 'previous none'],
      [/reason close/, 'reason time'],
      [/file \S+ 1/, `file ${'0'.repeat(32)} 1`],
      [/file (\S+) 1/, 'file $1 2'],
      [/reason close\n/, 'reason close\nmore\n'],
      [/sha256/, 'sha512'],
      [/^/, 'x'],
    ] as const) {
      expectTampered(String(from), resigned(text.replace(from, to)))
    }
  })

  it('whose clock goes back is no tamperer, and the verdict tells', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 5, 1) })
    const { filePath } = await makeFile(1)
    vi.setSystemTime(Date.UTC(2026, 4, 1))
    const again = await makeFile(1, {}, filePath)
    vi.useRealTimers()
    const { files, verdict } = await verifyAudit(filePath, { publicKeys: [TRUSTED], lastCheckpoint: again.note })
    expect({ verdict, clockSteps: files[0].clockSteps }).toEqual({ verdict: 'valid', clockSteps: 1 })
  })
})

describe('what is no audit file', () => {
  it.each([
    { name: 'an empty file', content: '', want: 'unanchored' },
    { name: 'half a header', content: lines[0].toString().slice(0, 50), want: 'unanchored' },
    { name: 'a log of another kind', content: '{"level":"info"}\n', want: 'tampered' },
    { name: 'binary data', content: '\u0000\u0001\n\u0002', want: 'tampered' },
    { name: 'a newline', content: '\n', want: 'tampered' },
    {
      name: 'a header of another version',
      content: lines[0].toString().replace('audit/1', 'audit/2'),
      want: 'tampered',
    },
  ])('$name is $want, never valid', async ({ content, want }) => {
    const filePath = freshPath()
    fs.writeFileSync(filePath, content)
    expect((await verifyAudit(filePath, { publicKeys: [TRUSTED] })).verdict).toBe(want)
    expect((await verifyAudit(filePath, { publicKeys: [TRUSTED], lastCheckpoint: note })).verdict).toBe('tampered')
    expect(secondVerify([Buffer.from(content)], [TRUSTED])).toBe(want)
  })

  it('a directory, a device and nothing at all are unreadable', async () => {
    for (const filePath of [freshPath(), '/', '/dev/zero', '/dev/null']) {
      const { verdict, problems } = await verifyAudit(filePath, { publicKeys: [TRUSTED] })
      expect({ filePath, verdict, kinds: problems.map(({ kind }) => kind) }).toEqual({
        filePath,
        verdict: 'unreadable',
        kinds: ['unreadable'],
      })
    }
  })

  it('a line without end is refused in bounded memory', async () => {
    const filePath = freshPath()
    fs.writeFileSync(filePath, lines[0])
    const handle = fs.openSync(filePath, 'a')
    for (let i = 0; i < 20; i++) fs.writeSync(handle, Buffer.alloc(1_048_576, 0x78))
    fs.closeSync(handle)
    const before = process.memoryUsage().arrayBuffers
    const { verdict, problems } = await verifyAudit(filePath, { publicKeys: [TRUSTED] })
    expect(verdict).toBe('tampered')
    expect(problems[0]).toMatchObject({ kind: 'line-too-long', line: 2 })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80 * 1_048_576)
  })
})
