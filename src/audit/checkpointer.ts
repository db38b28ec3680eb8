import { AuditError } from './audit-error.js'
import type { AuditFile } from './audit-file.js'
import type { CutReason } from './checkpoint.js'
import type { NoteSigner } from './signer.js'
import type { VerifierKey } from './verifier-key.js'

/** After a signer failed, checkpoints are not tried again before this. */
const RETRY_MS = 1_000

/** Makes checkpoints: cuts, has them signed, writes what comes back. One at a time. */
export class Checkpointer {
  /** Checkpoints written. */
  count = 0
  /** While a signature is awaited. Never rejects. */
  signing: Promise<void> | undefined = undefined
  /** The key to hand over to: by the next checkpoint. */
  next: NoteSigner | undefined = undefined
  private retryAt = 0
  /** Whether a signer failed since this was last set to false. */
  hasFailed = false

  constructor(
    private signer: NoteSigner,
    private readonly report: (problem: unknown) => void,
    /** A checkpoint was written, or could not be, outside of any call. */
    private readonly wrote: (file: AuditFile, error: unknown) => void,
  ) {}

  get key(): VerifierKey {
    return this.signer.key
  }

  /** Whether a checkpoint may be made now. */
  get isReady(): boolean {
    return this.signing === undefined && (this.retryAt === 0 || performance.now() >= this.retryAt)
  }

  /**
   * Makes a checkpoint: at once, or when its signature is there. A signer that fails is reported, and the next
   * checkpoint covers the same lines.
   *
   * @returns the text that is signed.
   * @throws the system's error when the file cannot be written.
   */
  make(file: AuditFile, reason: CutReason): string {
    // A seal only ends its file: the next one sees to the new key.
    const next = reason === 'seal' ? undefined : this.next
    const text = file.cut(next === undefined ? reason : 'key', this.signer.key, next?.key)
    let signed: string | Promise<string>
    try {
      signed = signatures(text, this.signer, next)
    } catch (error) {
      this.failed(error)
      return text
    }
    if (typeof signed === 'string') this.finish(file, text, signed, next)
    else {
      this.signing = signed
        .then(
          (lines) => this.finishLater(file, text, lines, next),
          (error: unknown) => this.failed(error),
        )
        .finally(() => {
          this.signing = undefined
        })
    }
    return text
  }

  private finish(file: AuditFile, text: string, lines: string, next: NoteSigner | undefined): void {
    file.checkpoint(text, lines)
    this.count++
    this.retryAt = 0
    if (next === undefined) return
    this.signer = next
    this.next = undefined
  }

  private finishLater(file: AuditFile, text: string, lines: string, next: NoteSigner | undefined): void {
    // After a fault the file was opened anew, and the cut is undone.
    if (!file.isOpen) return
    this.signing = undefined
    try {
      this.finish(file, text, lines, next)
      this.wrote(file, undefined)
    } catch (error) {
      this.wrote(file, error)
    }
  }

  private failed(error: unknown): void {
    this.hasFailed = true
    this.retryAt = performance.now() + RETRY_MS
    const reason = error instanceof Error ? error.message : String(error)
    this.report(new AuditError(`a checkpoint could not be signed: ${reason}`, 'SIGNER', error))
  }
}

function signatures(text: string, signer: NoteSigner, next: NoteSigner | undefined): string | Promise<string> {
  const own = signer.sign(text)
  const other = next === undefined ? '' : next.sign(text)
  if (typeof own === 'string' && typeof other === 'string') return own + other
  return Promise.all([own, other]).then((lines) => lines.join(''))
}
