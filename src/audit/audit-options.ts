import { callback, checkOptions, checkPath, flag, integer, oneOf, type Rule, type Rules } from '../options/check.js'
import { isRecord } from '../options/is-object.js'
import type { AuditAlgorithm } from './algorithm.js'
import { isOrigin } from './checkpoint.js'
import { type AuditMetadata, isMetadata } from './record.js'
import { type AuditKey, type NoteSigner, toNoteSigner } from './signer.js'

/** When lines are on the disk. */
export type AuditSync =
  /** Before the log call returns: it waits for `fdatasync`. */
  | 'each'
  /** All lines of one turn of the event loop together, by an `fdatasync` in the background. */
  | 'batch'
  /** When the system likes. */
  | 'never'

/** What becomes of a log call whose line cannot be stored. */
export type AuditFailure =
  /** It throws an `AuditError`. */
  | 'throw'
  /** It waits, and the process with it, until the line is stored. */
  | 'block'
  /** The process ends, with exit code 74. */
  | 'exit'
  /** It goes on. Lines wait in memory; what finds no room is counted, and the file tells of it later. */
  | 'mark'

/** Options of {@link audit}. */
export interface AuditOptions {
  /** Signs the checkpoints: an Ed25519 private key in PEM or as a KeyObject, or `{ publicKey, sign }`. */
  readonly key: AuditKey
  /** The key's name, on each of its signatures. Like `shop.example/audit-2026`; no white space, no `+`. */
  readonly keyId: string
  /** The key that signed until now: it signs the change. Needed once, when the key changes. */
  readonly previousKey?: { readonly key: AuditKey; readonly keyId: string }
  /** Lines after which a checkpoint is made, 1 to 16000. Default 1000. */
  readonly checkpointEvery?: number
  /** Milliseconds after which lines get a checkpoint, also when no more come, 10 to 86400000. Default 10000. */
  readonly checkpointMs?: number
  /** Of files that are begun. Default `sha256`. */
  readonly algorithm?: AuditAlgorithm
  /** Default `batch`. */
  readonly sync?: AuditSync
  /** Default `throw`. */
  readonly onFailure?: AuditFailure
  /** Written in the header of files that are begun: texts, numbers and flags. */
  readonly metadata?: AuditMetadata
  /** Name of the log, signed in each checkpoint. Default: the key id, a slash and the name of the file. */
  readonly origin?: string
  /**
   * Handed each checkpoint, a signed note, once it is stored: to be kept where the writer of the file cannot reach it. A
   * promise that it gives back is not waited for; where one fails, `onError` is told.
   */
  readonly onCheckpoint?: (note: string) => unknown
  /** Bytes from which on the file is sealed and another begun, 65536 to 2^50. Default: never. */
  readonly rotateBytes?: number
  /** Bytes gathered at most before a write, 1024 to 16777216. Default 65536. */
  readonly bufferSize?: number
  /** Bytes that may wait with `onFailure: 'mark'`, 65536 to 4294967296. Default 67108864. */
  readonly maxPendingBytes?: number
  /** Makes the directory (mode 0750) if it is missing. Default true. */
  readonly mkdir?: boolean
  /** Permissions of a new file. Default 0o640. */
  readonly mode?: number
}

/** Options, checked and complete. */
export interface AuditSettings {
  readonly signer: NoteSigner
  readonly previousSigner: NoteSigner | undefined
  readonly checkpointEvery: number
  readonly checkpointMs: number
  readonly algorithm: AuditAlgorithm
  readonly sync: AuditSync
  readonly onFailure: AuditFailure
  readonly metadata: AuditMetadata
  readonly origin: string | undefined
  readonly onCheckpoint: ((note: string) => unknown) | undefined
  /** Infinity where the file is never rotated by itself. */
  readonly rotateBytes: number
  readonly bufferSize: number
  readonly maxPendingBytes: number
  readonly mkdir: boolean
  readonly mode: number
}

const DEFAULTS = Object.freeze({
  checkpointEvery: 1_000,
  checkpointMs: 10_000,
  algorithm: 'sha256',
  sync: 'batch',
  onFailure: 'throw',
  metadata: Object.freeze({}),
  bufferSize: 65_536,
  maxPendingBytes: 67_108_864,
  mkdir: true,
  mode: 0o640,
}) satisfies Partial<AuditOptions>

/** Checked by the signer that is made of it. */
const anything: Rule = { expected: 'a key', accepts: () => true }

const RULES: Rules<AuditOptions> = {
  key: anything,
  keyId: anything,
  previousKey: { expected: 'an object with key and keyId', accepts: isRecord },
  checkpointEvery: integer(1, 16_000),
  checkpointMs: integer(10, 86_400_000),
  algorithm: oneOf('sha256', 'sha512'),
  sync: oneOf('each', 'batch', 'never'),
  onFailure: oneOf('throw', 'block', 'exit', 'mark'),
  metadata: {
    expected: 'an object of strings, finite numbers and flags, up to 65536 bytes as JSON',
    accepts: (value) => isMetadata(value) && JSON.stringify(value).length <= 65_536,
  },
  origin: {
    expected: 'a line of text of 1 to 255 bytes that begins with neither a space nor a dash',
    accepts: isOrigin,
  },
  onCheckpoint: callback,
  rotateBytes: integer(65_536, 2 ** 50),
  bufferSize: integer(1_024, 16_777_216),
  maxPendingBytes: integer(65_536, 4_294_967_296),
  mkdir: flag,
  mode: integer(0, 0o7777),
}

/** Checks the options of an audit output. @throws OptionError for the first that is wrong. */
export function checkAuditOptions(filePath: unknown, given: unknown): AuditSettings {
  checkPath('audit path', filePath)
  const options = checkOptions<AuditOptions>('audit', given ?? {}, DEFAULTS as unknown as AuditOptions, RULES)
  const { key, keyId, previousKey, origin, onCheckpoint, rotateBytes, ...rest } = options
  return Object.freeze({
    ...(rest as Required<typeof rest>),
    metadata: Object.freeze({ ...options.metadata }),
    signer: toNoteSigner(key, keyId, 'audit'),
    previousSigner:
      previousKey === undefined ? undefined : toNoteSigner(previousKey.key, previousKey.keyId, 'audit.previousKey'),
    origin,
    onCheckpoint,
    rotateBytes: rotateBytes ?? Infinity,
  })
}
