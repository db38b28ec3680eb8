import { createLogger, type Clock } from 'wideline'
import { audit, type AuditVerdict, verifyAudit } from 'wideline/audit'

/** What the owner of the key gives to the shop. */
export interface ShopKey {
  /** Ed25519, in PEM. */
  readonly privateKey: string
  readonly keyId: string
}

/** Writes an audit file and returns the last checkpoint: to be kept where the shop cannot change it. */
export async function writeAudit(path: string, { privateKey, keyId }: ShopKey, clock: Clock): Promise<string> {
  const kept: string[] = []
  const output = audit(path, {
    key: privateKey,
    keyId,
    checkpointEvery: 3,
    sync: 'each', // each line is on the disk before the call returns
    onFailure: 'throw', // no payment without its line
    metadata: { service: 'shop' },
    onCheckpoint: (note) => kept.push(note), // send it to another team, another account, another country
  })
  const log = createLogger({ name: 'shop', clock, outputs: [output] })
  log.info('refund approved', { orderId: 42, amount: 99.5, by: 'ada' })
  log.info('refund paid', { orderId: 42 })
  log.warn('limit raised', { customer: 'c-7', from: 100, to: 10_000, by: 'bob' })
  log.info('refund approved', { orderId: 43, amount: 10_000, by: 'bob' })
  await log.close()
  return kept.at(-1) ?? ''
}

/** What somebody who has the public key, and the checkpoint, can say about the file. */
export function check(path: string, publicKey: string, lastCheckpoint?: string): Promise<AuditVerdict> {
  return verifyAudit(path, { publicKeys: [publicKey], ...(lastCheckpoint === undefined ? {} : { lastCheckpoint }) })
}
