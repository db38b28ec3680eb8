import { verify } from 'node:crypto'
import { isNameText, type VerifierKey } from './verifier-key.js'

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string
  /** Eight hex digits. */
  readonly id: string
  readonly signature: Uint8Array
}

/** A C2SP signed note: a text, and who signed it. */
export interface SignedNote {
  /** With its last newline. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

const SIGNATURE_BYTES = 64
const KEY_ID_BYTES = 4
/** A note beyond this is not read. */
const MAX_NOTE_BYTES = 65_536
const MAX_SIGNATURES = 64

/** The line that says who signed. */
export function signatureLine(key: VerifierKey, signature: Uint8Array): string {
  return `— ${key.name} ${Buffer.concat([Buffer.from(key.id, 'hex'), signature]).toString('base64')}\n`
}

/** Takes a note apart; undefined if it is none. Says nothing of its signatures. */
export function parseNote(note: string): SignedNote | undefined {
  // oxlint-disable-next-line no-control-regex
  if (Buffer.byteLength(note) > MAX_NOTE_BYTES || !note.isWellFormed() || /[\u0000-\u0009\u000b-\u001f]/.test(note))
    return undefined
  const split = note.lastIndexOf('\n\n')
  if (split <= 0 || !note.endsWith('\n')) return undefined
  const lines = note.slice(split + 2, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) return undefined
  const signatures: NoteSignature[] = []
  for (const line of lines) {
    const match = /^— ([^ ]+) ([A-Za-z0-9+/]+=*)$/u.exec(line)
    if (match === null || !isNameText(match[1])) return undefined
    const bytes = Buffer.from(match[2], 'base64')
    if (bytes.length <= KEY_ID_BYTES || bytes.toString('base64') !== match[2]) return undefined
    signatures.push({
      name: match[1],
      id: bytes.toString('hex', 0, KEY_ID_BYTES),
      signature: bytes.subarray(KEY_ID_BYTES),
    })
  }
  return { text: note.slice(0, split + 1), signatures }
}

/** Whether this is the key's signature of the text. */
export function verifyNote(text: string, key: VerifierKey, signature: NoteSignature): boolean {
  return (
    signature.name === key.name && signature.id === key.id && verifyEd25519(key, Buffer.from(text), signature.signature)
  )
}

/** Ed25519 of RFC 8032, as Node's crypto does it. */
export function verifyEd25519(
  key: Pick<VerifierKey, 'publicKey'>,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return signature.length === SIGNATURE_BYTES && verify(null, message, key.publicKey, signature)
}
