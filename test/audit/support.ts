import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { audit, type AuditOptions, type AuditOutput, type AuditVerdictName, verifierKey } from 'wideline/audit'
import { FileVerifier } from '../../src/audit/file-verifier.js'
import { parseNote } from '../../src/audit/signed-note.js'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-audit-'))
let count = 0

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** A path of its own in a folder of its own. */
export function freshPath(name = 'audit.log'): string {
  const own = path.join(folder, String(++count))
  fs.mkdirSync(own)
  return path.join(own, name)
}

/** A key made of one byte, the same in every run. */
export function keyOf(seed: number): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

export const KEY: KeyObject = keyOf(1)
export const KEY_ID = 'shop.example/audit'
/** The verifier key of {@link KEY}. */
export const TRUSTED: string = verifierKey(KEY_ID, createPublicKey(KEY))
export const OPTIONS: AuditOptions = { key: KEY, keyId: KEY_ID, sync: 'never' }

/** Writes one line, as a logger does. */
export function write(output: AuditOutput, text: string, level = 30): void {
  output.begin().text(`${text}\n`)
  output.commit(level)
}

export function entryText(i: number): string {
  return `{"level":"info","msg":"order ${i} paid","n":${i * 7}}`
}

/** A finished file of so many entries. */
export async function makeFile(
  entries: number,
  options: Partial<AuditOptions> = {},
  filePath: string = freshPath(),
  textOf: (i: number) => string = entryText,
): Promise<{ filePath: string; bytes: Buffer; note: string }> {
  const output = audit(filePath, { ...OPTIONS, ...options })
  for (let i = 0; i < entries; i++) write(output, textOf(i))
  await output.close()
  return { filePath, bytes: fs.readFileSync(filePath), note: output.lastCheckpoint! }
}

/** What the streaming verifier says of bytes: the verdict, and the kinds and lines of problems. */
export function judge(
  bytes: Buffer,
  note?: string,
  keys: readonly string[] = [TRUSTED],
): { verdict: AuditVerdictName; problems: string[] } {
  const held = note === undefined ? undefined : parseNote(note)!.text
  const verifier = new FileVerifier('f', new Set(keys), held, undefined)
  verifier.push(bytes)
  verifier.end()
  const problems = verifier.problems.map(({ kind, line, lastLine }) =>
    line === lastLine ? `${kind} ${line}` : `${kind} ${line}-${lastLine}`,
  )
  if (held !== undefined && verifier.heldLine === 0) problems.push('held-checkpoint 0')
  const isEnd =
    verifier.heldLine > 0 &&
    verifier.heldLine === verifier.lines &&
    verifier.signedLines === verifier.lines - 1 &&
    verifier.tornBytes === 0
  return { verdict: problems.length > 0 ? 'tampered' : isEnd ? 'valid' : 'unanchored', problems }
}

/** The lines of a file, with their newlines. */
export function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let from = 0; from < bytes.length;) {
    const to = bytes.indexOf(10, from)
    const end = to < 0 ? bytes.length : to + 1
    lines.push(bytes.subarray(from, end))
    from = end
  }
  return lines
}
