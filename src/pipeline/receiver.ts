import type { Entry, EntryReceiver } from '../entry/entry.js'
import type { Filter } from './filter.js'
import type { HeldLines } from './held-lines.js'
import type { Sink } from './sink.js'

/** Takes a logger's entries, and knows where they go. */
export interface Receiver extends EntryReceiver {
  readonly sinks: readonly Sink[]
  /**
   * Takes an entry the same way, but only into lines that are held back.
   *
   * @returns false where the filter does not match: the entry stays the caller's, and hooks do not see it again.
   */
  hold(entry: Entry, held: HeldLines, filter: Filter | undefined): boolean
}
