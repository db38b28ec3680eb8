import { createPrivateKey, KeyObject, sign } from 'node:crypto'
import { OptionError } from '../options/option-error.js'
import { isRecord } from '../options/is-object.js'
import { signatureLine, verifyEd25519 } from './signed-note.js'
import { isKeyName, toPublicKey, type VerifierKey, verifierKeyOf } from './verifier-key.js'

/**
 * A key that is kept elsewhere, in a KMS or an HSM: signs without showing itself.
 *
 * @example
 * const key = { publicKey, sign: (message) => kms.sign({ KeyId, Message: message }).then((answer) => answer.Signature) }
 */
export interface AuditSigner {
  /** The Ed25519 public key, in PEM or as a KeyObject. Each signature is checked with it before it is written. */
  readonly publicKey: string | KeyObject
  /** Returns the 64 bytes of the Ed25519 signature over these bytes, or a promise of them. */
  sign(message: Uint8Array): Uint8Array | PromiseLike<Uint8Array>
}

/** An Ed25519 private key in PEM or as a KeyObject, or who signs with it. */
export type AuditKey = string | KeyObject | AuditSigner

/** A key with its name, ready to sign notes. */
export interface NoteSigner {
  readonly key: VerifierKey
  /** The note's signature line. A promise where the key is kept elsewhere. */
  sign(text: string): string | Promise<string>
}

/**
 * Makes a signer of what the application gave.
 *
 * @throws OptionError for a name or a key that cannot be used. No error quotes the key.
 */
export function toNoteSigner(given: unknown, name: unknown, where: string): NoteSigner {
  if (!isKeyName(name))
    throw new OptionError(`${where}.keyId`, 'a name of 1 to 255 bytes without white space or +', name)
  if (typeof given === 'string' || given instanceof KeyObject) {
    const secret = privateKey(given, `${where}.key`)
    const key = verifierKeyOf(name, toPublicKey(secret, `${where}.key`), `${where}.key`)
    return { key, sign: (text) => signatureLine(key, sign(null, Buffer.from(text), secret)) }
  }
  if (isRecord(given) && typeof given['sign'] === 'function' && isKey(given['publicKey'])) {
    const signer = given as unknown as AuditSigner
    const key = verifierKeyOf(name, toPublicKey(signer.publicKey, `${where}.key.publicKey`), `${where}.key.publicKey`)
    return { key, sign: (text) => signElsewhere(signer, key, text) }
  }
  throw new OptionError(
    `${where}.key`,
    'an Ed25519 private key in PEM or as a KeyObject, or { publicKey, sign }',
    typeof given,
  )
}

function isKey(value: unknown): value is string | KeyObject {
  return typeof value === 'string' || value instanceof KeyObject
}

function privateKey(given: string | KeyObject, option: string): KeyObject {
  try {
    const key = given instanceof KeyObject ? given : createPrivateKey(given)
    if (key.type === 'private' && key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // The reason may quote the key.
  }
  throw new OptionError(option, 'an Ed25519 private key in PEM or as a KeyObject', 'something else')
}

function signElsewhere(signer: AuditSigner, key: VerifierKey, text: string): string | Promise<string> {
  const message = Buffer.from(text)
  const checked = (signature: Uint8Array): string => {
    // A wrong signature in the file would look like tampering for ever.
    if (!(signature instanceof Uint8Array) || !verifyEd25519(key, message, signature))
      throw new Error(`the signer of ${key.name} gave no signature of its public key`)
    return signatureLine(key, signature)
  }
  const signed = signer.sign(message)
  return signed instanceof Uint8Array ? checked(signed) : Promise.resolve(signed).then(checked)
}
