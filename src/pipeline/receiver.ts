import type { Entry, EntryReceiver } from '../entry/entry.js'
import type { HeldLines } from './held-lines.js'
import type { Sink } from './sink.js'

/** Takes a logger's entries, and knows where they go. */
export interface Receiver extends EntryReceiver {
  readonly sinks: readonly Sink[]
  /** Takes an entry the same way, but only into lines that are held back. */
  hold(entry: Entry, held: HeldLines): void
}
