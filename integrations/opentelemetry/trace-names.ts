import type { Logger, TraceNames } from '../../src/index.js'

/** OpenTelemetry's names of trace fields in formats that are not its own. */
export const DEFAULT_NAMES: TraceNames = Object.freeze({
  traceId: 'trace_id',
  spanId: 'span_id',
  traceFlags: 'trace_flags',
})

/** By what an output knows a logger's family: the key table of its entries, and the pool of its host. */
const chosen = new WeakMap<object, TraceNames>()

/** Has outputs know under which names a logger's lines say which trace they belong to. @returns ends that. */
export function chooseNames({ pipeline }: Logger, names: TraceNames): () => void {
  const families = [pipeline.table, pipeline.buffers]
  for (const family of families) chosen.set(family, names)
  return () => {
    for (const family of families) if (chosen.get(family) === names) chosen.delete(family)
  }
}

/** The names of a family's trace fields. */
export function namesOf(family: object | undefined): TraceNames {
  return (family === undefined ? undefined : chosen.get(family)) ?? DEFAULT_NAMES
}
