import type { EntryReceiver } from '../entry/entry.js'
import type { Sink } from './sink.js'

/** Takes a logger's entries, and knows where they go. */
export interface Receiver extends EntryReceiver {
  readonly sinks: readonly Sink[]
}
