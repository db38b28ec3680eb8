import type { Output, OutputStats } from '../outputs/output.js'
import type { AuditKey } from './signer.js'

/** What an audit output did so far. */
export interface AuditStats extends OutputStats {
  /** Lines of the file that is being written, records included. */
  readonly lines: number
  /** Bytes of that file, and how many of them `fdatasync` covered. */
  readonly fileBytes: number
  /** Bytes of that file that `fdatasync` covered. */
  readonly syncedBytes: number
  /** Checkpoints written. */
  readonly checkpoints: number
  /** Lines that no checkpoint covers yet. */
  readonly unsignedLines: number
  /** Whether lines cannot be stored at present. */
  readonly isFailing: boolean
}

/** An output that writes an audit file. Made by {@link audit}. */
export interface AuditOutput extends Output {
  /** The public key that signs, as `name+id+base64`: what a verifier is given. */
  readonly verifierKey: string
  /** The last checkpoint, a signed note; undefined before the first. */
  readonly lastCheckpoint: string | undefined
  /**
   * Signs everything up to now.
   *
   * @returns the checkpoint.
   * @throws AuditError when it cannot be signed or stored.
   */
  checkpoint(): Promise<string>
  /** Seals the file, keeps it as `FILE.000001` and so on, and begins the next one, which names it and its head. */
  rotate(): Promise<void>
  /** Hands over to another key, by a checkpoint that names it and that both sign. */
  rotateKey(key: AuditKey, keyId: string): Promise<void>
  /** What it did, and what no checkpoint covers yet. */
  stats(): AuditStats
}
