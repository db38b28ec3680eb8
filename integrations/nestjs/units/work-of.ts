import type { EntryPoint } from './entry-points.js'
import type { Work } from './run-in-unit.js'

/** What an entry point is called with, as a unit. */
export function workOf(point: EntryPoint, args: readonly unknown[]): Work {
  const { kind, name, info } = point
  if (kind === 'queue') {
    const job = (args[0] ?? {}) as { id?: unknown; name?: unknown; data?: unknown; attemptsMade?: unknown }
    const fields = {
      jobId: job.id,
      job: job.name,
      attempt: typeof job.attemptsMade === 'number' ? job.attemptsMade + 1 : undefined,
    }
    return { kind, name, handler: info, request: { body: job.data }, fields }
  }
  return { kind, name, handler: info, request: { body: args[0] } }
}
