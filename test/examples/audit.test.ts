import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createPrivateKey } from 'node:crypto'
import { expect, it } from 'vitest'
import { built, expectGolden, fixedClock, runExample } from './support.js'

const { check, writeAudit } = built<typeof import('../../examples/audit/audit.js')>('examples/audit/audit.js')
const { verifierKey } = built<typeof import('wideline/audit')>('esm/src/audit/index.js')

const key = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]),
  format: 'der',
  type: 'pkcs8',
})

it('audit writes these lines, and a file that is valid for who holds its checkpoint', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-example-'))
  const file = path.join(folder, 'audit.log')
  const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString()
  const keyId = 'shop.example/audit-2026'
  const checkpoint = await writeAudit(file, { privateKey, keyId }, fixedClock('2026-11-23T02:52:15.206Z'))
  const text = fs.readFileSync(file, 'utf8')
  const { verdict } = await check(file, verifierKey(keyId, key), checkpoint)
  fs.rmSync(folder, { recursive: true })
  expect(verdict).toBe('valid')
  // What is random, and what depends on the time or on that, is masked.
  const masked = text
    .trimEnd()
    .replace(/(?<="file":")[0-9a-f]{32}|(?<=file )[0-9a-f]{32}/g, 'FILE')
    .replace(/(?<="time":")[^"]+(?=","key")|(?<=time )\S+?Z/g, 'TIME')
    .replace(/(?<="marks":")[^"]+/g, 'MARKS')
    .replace(/(?<=\\n\d+\\n)[A-Za-z0-9+/=]+|(?<=cut )[A-Za-z0-9+/]+=|(?<=previous )[A-Za-z0-9+/]+=/g, 'HASH')
    .replace(/(?<=— \S+ )[A-Za-z0-9+/=]+/g, 'SIGNATURE')
  expectGolden('audit.jsonl', masked.split('\n'))
})

it('as a program it shows what is found, and what is not', async () => {
  const { code, stdout, stderr } = await runExample('audit/main.js')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expectGolden('audit.txt', stdout.trimEnd().split('\n'))
})
