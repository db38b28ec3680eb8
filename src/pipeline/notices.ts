import { Context } from '../entry/context.js'
import type { Entry, EntryReceiver } from '../entry/entry.js'
import type { EntryPool } from '../entry/entry-pool.js'
import type { KeyTable } from '../entry/key.js'
import { Level } from '../entry/level.js'
import type { Sink } from './sink.js'
import type { SuppressedNotice } from './suppressed.js'

/** What a notice needs of the pipeline that it is a line of. */
interface Teller extends EntryReceiver {
  readonly name: string
  readonly table: KeyTable
  readonly entries: EntryPool
  stamp(entry: Entry): void
  report(problem: unknown): void
}

/** Says of an output how many lines it dropped. It alone is told: others have them. */
export function tellDropped(pipeline: Teller, sink: Sink, dropped: number): void {
  const entry = pipeline.entries.take()
  try {
    entry.begin(pipeline, Level.warn, pipeline.name, Context.empty(pipeline.table))
    entry.int('dropped', dropped)
    entry.message = `dropped ${dropped} ${dropped === 1 ? 'line' : 'lines'}`
    pipeline.stamp(entry)
    sink.write(entry)
  } catch (error) {
    pipeline.report(error)
  } finally {
    pipeline.entries.give(entry)
  }
}

/** Says how many lines samplers and limits left out since it was last said. */
export function tellSuppressed(pipeline: Teller, { total, by, levels, forMs }: SuppressedNotice): void {
  const entry = pipeline.entries.take()
  entry.begin(pipeline, Level.warn, pipeline.name, Context.empty(pipeline.table))
  entry.int('suppressed', total).any('by', by).any('levels', levels).duration('forMs', forMs)
  entry.msg(`suppressed ${total} ${total === 1 ? 'line' : 'lines'}`)
}
