import type { Logger, MemoryOutput } from 'wideline'

/** What was written, in words. `copy` holds the same lines as JSON. */
export function summary(log: Logger, copy: MemoryOutput): string {
  const { lines, outputs, buffers, entries } = log.stats()
  const outcomes: Record<string, number> = {}
  for (const { outcome } of copy.parsed<{ outcome?: string }>()) {
    if (outcome !== undefined) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  }
  const lost = outputs.reduce(
    (sum, { calls, filtered, written, pending }) => sum + calls - filtered - written - pending,
    0,
  )
  return [
    `lines by level    ${counts(lines)}`,
    `by outcome        ${counts(outcomes)}`,
    `buffers           ${buffers.hits} hits, ${buffers.misses} misses, ${buffers.outstanding} in use by the outputs, ${buffers.retainedBytes} bytes retained`,
    `entries           ${entries.hits} hits, ${entries.misses} misses, ${entries.outstanding} outstanding`,
    `lines lost        ${lost}`,
  ].join('\n')
}

function counts(of: Readonly<Record<string, number>>): string {
  const some = Object.entries(of).filter(([, count]) => count > 0)
  return some.map(([name, count]) => `${count} ${name}`).join(', ') || 'none'
}
