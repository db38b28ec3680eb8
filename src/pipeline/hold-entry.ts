import type { Entry } from '../entry/entry.js'
import type { Filter } from './filter.js'
import type { HeldLines } from './held-lines.js'
import type { Receiver } from './receiver.js'

/** Holds an entry that was diverted, past the hooks of the logger it comes from. See {@link Receiver.hold}. */
export function holdEntry(entry: Entry, held: HeldLines, filter: Filter | undefined): boolean {
  // Whoever diverts a line is a logger, and a logger's lines go to a receiver of this kind.
  return (entry.origin as Receiver).hold(entry, held, filter)
}
