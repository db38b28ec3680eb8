import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from 'wideline'
import { verifierKey } from 'wideline/audit'
import { check, writeAudit } from './audit.js'

const folder = mkdtempSync(join(tmpdir(), 'audit-example-'))
const file = join(folder, 'audit.log')
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const keyId = 'shop.example/audit-2026'
const trusted = verifierKey(keyId, publicKey)
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

async function show(what: string, checkpoint?: string): Promise<void> {
  const { verdict, problems, reason } = await check(file, trusted, checkpoint)
  console.log(`${what}: ${verdict}: ${problems[0]?.message ?? reason}`)
}

const checkpoint = await writeAudit(file, { privateKey: pem, keyId }, systemClock)
const text = readFileSync(file, 'utf8')
await show('as it was written, by who holds the last checkpoint', checkpoint)
await show('as it was written, by who holds none')

writeFileSync(file, text.replace('"to":10000', '"to":1000'))
await show('with one figure changed')

writeFileSync(file, text.replace(/^.*limit raised.*\n/m, ''))
await show('with one line removed')

const lines = text.split('\n')
writeFileSync(file, `${lines.slice(0, 8).join('\n')}\n`)
await show('cut at a checkpoint, by who holds none')
await show('cut at a checkpoint, by who holds the last one', checkpoint)

rmSync(folder, { recursive: true })
