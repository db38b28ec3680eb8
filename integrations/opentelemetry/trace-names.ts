import type { Logger, TraceNames } from '../../src/index.js'

/** OpenTelemetry's names of trace fields in formats that are not its own. */
export const DEFAULT_NAMES: TraceNames = Object.freeze({
  traceId: 'trace_id',
  spanId: 'span_id',
  traceFlags: 'trace_flags',
})

/** By what an output knows a logger's family, the key table of its entries and the pool of its host; the newest last. */
const chosen = new WeakMap<object, readonly TraceNames[]>()

/** Has outputs know under which names a logger's lines say which trace they belong to. @returns ends that. */
export function chooseNames({ pipeline }: Logger, names: TraceNames): () => void {
  const families = [pipeline.table, pipeline.buffers]
  for (const family of families) chosen.set(family, [...(chosen.get(family) ?? []), names])
  return () => {
    for (const family of families) {
      const all = chosen.get(family) ?? []
      chosen.set(family, all.toSpliced(all.lastIndexOf(names), 1))
    }
  }
}

/** The names of a family's trace fields. */
export function namesOf(family: object | undefined): TraceNames {
  return (family === undefined ? undefined : chosen.get(family)?.at(-1)) ?? DEFAULT_NAMES
}
