import { KeyObject } from 'node:crypto'
import { isRecord } from '../options/is-object.js'
import { OptionError } from '../options/option-error.js'
import { isKeyName, parseVerifierKey, toPublicKey, verifierKeyOf } from './verifier-key.js'

/**
 * Public keys that a verifier trusts: verifier keys as text (`name+id+base64`), or PEM texts and KeyObjects by their
 * key ids.
 */
export type TrustedKeys = readonly string[] | Readonly<Record<string, string | KeyObject>>

const EXPECTED = 'verifier keys as text in an array, or an object of public keys by their key ids'

/**
 * Reads trusted keys.
 *
 * @returns their texts.
 * @throws OptionError when one is no key, or there is none.
 */
export function readTrustedKeys(given: unknown, option: string): Set<string> {
  const trusted = new Set<string>()
  if (Array.isArray(given)) {
    for (const [i, text] of given.entries()) {
      if (typeof text !== 'string' || parseVerifierKey(text) === undefined)
        throw new OptionError(`${option}[${i}]`, 'a verifier key, name+id+base64', text)
      trusted.add(text)
    }
  } else if (isRecord(given)) {
    for (const [name, key] of Object.entries(given)) {
      if (!isKeyName(name)) throw new OptionError(option, 'named by key ids without white space or +', name)
      if (typeof key !== 'string' && !(key instanceof KeyObject))
        throw new OptionError(`${option}.${name}`, 'an Ed25519 public key in PEM or as a KeyObject', typeof key)
      trusted.add(verifierKeyOf(name, toPublicKey(key, `${option}.${name}`), `${option}.${name}`).text)
    }
  }
  if (trusted.size === 0) throw new OptionError(option, EXPECTED, given)
  return trusted
}
