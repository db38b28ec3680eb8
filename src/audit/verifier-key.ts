import { createHash, createPublicKey, KeyObject } from 'node:crypto'
import { OptionError } from '../options/option-error.js'

/** A public key by its name, as C2SP signed notes know it. */
export interface VerifierKey {
  readonly name: string
  /** Eight hex digits: of the name and the key. */
  readonly id: string
  /** `name+id+base64`, as one hands it to others. */
  readonly text: string
  readonly publicKey: KeyObject
}

/** The byte that stands for Ed25519. */
const ED25519 = 0x01
const PUBLIC_KEY_BYTES = 32
/** What a DER SubjectPublicKeyInfo of Ed25519 begins with. */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex')
const MAX_NAME_BYTES = 255

/** White space, `+`, control characters, and what stands for bytes that were no UTF-8. */
// oxlint-disable-next-line no-control-regex
const NO_NAME = /[\s+\u0000-\u001f\u0085\ufffd]/u

/** Whether every character of it may stand in a key's name. */
export function isNameText(text: string): boolean {
  return text.length > 0 && text.isWellFormed() && !NO_NAME.test(text)
}

/** Whether a key may have this name. */
export function isKeyName(name: unknown): name is string {
  return typeof name === 'string' && Buffer.byteLength(name) <= MAX_NAME_BYTES && isNameText(name)
}

/** The name and key in one. @throws OptionError when the key is no Ed25519 key. */
export function verifierKeyOf(name: string, publicKey: KeyObject, option: string): VerifierKey {
  const raw = rawPublicKey(publicKey, option)
  const typed = Buffer.concat([Buffer.from([ED25519]), raw])
  const id = idOf(name, typed)
  return { name, id, text: `${name}+${id}+${typed.toString('base64')}`, publicKey }
}

/** Whether this is a verifier key, `name+id+base64`. */
export function isVerifierKey(text: unknown): text is string {
  return typeof text === 'string' && split(text) !== undefined
}

/** Reads `name+id+base64`; undefined if that is not what it is. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const parts = split(text)
  if (parts === undefined) return undefined
  const publicKey = publicKeyFromRaw(parts.typed.subarray(1))
  return publicKey === undefined ? undefined : { name: parts.name, id: parts.id, text, publicKey }
}

function split(text: string): { name: string; id: string; typed: Buffer } | undefined {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text)
  if (match === null || !isKeyName(match[1])) return undefined
  const [, name, id, base64] = match
  const typed = Buffer.from(base64, 'base64')
  if (typed.length !== PUBLIC_KEY_BYTES + 1 || typed[0] !== ED25519 || typed.toString('base64') !== base64)
    return undefined
  return idOf(name, typed) === id ? { name, id, typed } : undefined
}

function idOf(name: string, typed: Uint8Array): string {
  return createHash('sha256').update(`${name}\n`).update(typed).digest('hex').slice(0, 8)
}

/** A public key from PEM text, or the one that a private key holds. @throws OptionError for anything else. */
export function toPublicKey(key: string | KeyObject, option: string): KeyObject {
  try {
    if (key instanceof KeyObject) return key.type === 'private' ? createPublicKey(key) : key
    return createPublicKey(key)
  } catch {
    // The reason may quote the key.
    throw new OptionError(option, 'an Ed25519 key in PEM or as a KeyObject', 'something else')
  }
}

/**
 * A public key with its name as one text, `name+id+base64`: what `verifyAudit` and `wideline verify --key` take.
 *
 * @param keyId - The key's name.
 * @param publicKey - In PEM or as a KeyObject; of a private key its public half.
 * @throws OptionError when it is no Ed25519 key, or the name cannot be one.
 */
export function verifierKey(keyId: string, publicKey: string | KeyObject): string {
  if (!isKeyName(keyId)) throw new OptionError('keyId', 'a name of 1 to 255 bytes without white space or +', keyId)
  return verifierKeyOf(keyId, toPublicKey(publicKey, 'publicKey'), 'publicKey').text
}

function rawPublicKey(key: KeyObject, option: string): Buffer {
  if (key.type !== 'public' || key.asymmetricKeyType !== 'ed25519')
    throw new OptionError(option, 'an Ed25519 key', key.asymmetricKeyType ?? `a ${key.type} key`)
  return key.export({ type: 'spki', format: 'der' }).subarray(SPKI_HEAD.length)
}

function publicKeyFromRaw(raw: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: 'der', type: 'spki' })
  } catch {
    // Not a point of the curve, as far as OpenSSL looks: no key.
    return undefined
  }
}
