import type { Entry } from '../entry/entry.js'
import type { HeldLines } from './held-lines.js'
import type { Receiver } from './receiver.js'

/** Holds an entry that was diverted, past the hooks of the logger it comes from. */
export function holdEntry(entry: Entry, held: HeldLines): void {
  // Whoever diverts a line is a logger, and a logger's lines go to a receiver of this kind.
  ;(entry.origin as Receiver).hold(entry, held)
}
