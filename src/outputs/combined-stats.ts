import type { OutputStats } from './output.js'

/** What an output did that hands its lines to others: their sums, and what each did. */
export function combinedStats(
  parts: readonly OutputStats[],
  dropped: Readonly<Record<string, number>> = {},
): OutputStats {
  const reasons: Record<string, number> = { ...dropped }
  const sum = { accepted: 0, written: 0, pending: 0, failed: 0, bytes: 0 }
  for (const part of parts) {
    sum.accepted += part.accepted
    sum.written += part.written
    sum.pending += part.pending
    sum.failed += part.failed
    sum.bytes += part.bytes
    for (const [reason, lines] of Object.entries(part.dropped)) reasons[reason] = (reasons[reason] ?? 0) + lines
  }
  return { ...sum, dropped: reasons, parts }
}
