import { createHash, type Hash } from 'node:crypto'

/** The hashes that a chain can be made with. */
export type AuditAlgorithm = 'sha256' | 'sha512'

/** Name and version of the format, first in everything that is hashed or signed. */
export const FORMAT = 'wideline-audit/1'

/** What is hashed, so that no hash can stand for another: the byte strings of docs/audit-format.md. */
export type HashDomain = 'start' | 'segment' | 'cut' | 'checkpoint'

/** A hash that has taken its domain. */
export function hashOf(algorithm: AuditAlgorithm, domain: HashDomain): Hash {
  return createHash(algorithm).update(`${FORMAT} ${domain}\n`)
}

/** Base64 of a domain's hash over these bytes. */
export function digestOf(algorithm: AuditAlgorithm, domain: HashDomain, bytes: Uint8Array | string): string {
  return hashOf(algorithm, domain).update(bytes).digest('base64')
}
