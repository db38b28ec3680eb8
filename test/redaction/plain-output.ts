import { ByteBuffer, type Entry, memory, type Output } from 'wideline'
import { DEFAULT_LIMITS } from '../../src/encoders/limits.js'
import { plainValues } from '../../src/encoders/plain-value.js'

/** An output that takes lines as entries, as a bridge to another system does, and what it took. */
export function plainOutput(): { output: Output; taken: Record<string, unknown>[] } {
  const taken: Record<string, unknown>[] = []
  const inner = memory()
  const output: Output = {
    begin: () => new ByteBuffer(16),
    commit: () => undefined,
    receive: (entry: Entry) => {
      const values = plainValues(DEFAULT_LIMITS)
      const record: Record<string, unknown> = { msg: entry.message }
      for (const each of [entry.context.fields, entry])
        for (let row = 0; row < each.count; row++) record[each.keys[row].name] = values.ofField(each, row)
      taken.push(record)
    },
    flush: () => inner.flush(),
    flushSync: () => inner.flushSync(),
    close: () => inner.close(),
    stats: () => inner.stats(),
  }
  return { output, taken }
}
