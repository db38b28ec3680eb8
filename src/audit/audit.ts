import type { AuditOutput } from './audit-output.js'
import { type AuditOptions, checkAuditOptions } from './audit-options.js'
import { AuditWriter } from './audit-writer.js'

/**
 * An output whose file proves, later and to a stranger, that nothing in it was changed, removed, inserted, reordered or
 * cut, up to the last checkpoint that somebody else holds.
 *
 * The file holds the lines as they are, and between them records: a hash chain over their exact bytes, signed from time to
 * time. `verifyAudit` and `npx wideline verify` check it; docs/audit-format.md says it byte by byte.
 *
 * @param path - Opened, locked and gone on with at once. Sealed files are kept beside it as `path.000001` and so on.
 * @throws OptionError when an option is wrong; AuditError when another writer has the file, or it is of another log or key;
 *   the system's error when it cannot be opened.
 * @example
 * const log = createLogger({
 *   outputs: [audit('audit.log', { key: privatePem, keyId: 'shop.example/2026', onCheckpoint: keepElsewhere })],
 * })
 */
export function audit(path: string, options: AuditOptions): AuditOutput {
  return new AuditWriter(path, checkAuditOptions(path, options))
}
