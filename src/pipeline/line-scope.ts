import type { Context } from '../entry/context.js'
import type { Entry, EntryReceiver } from '../entry/entry.js'
import type { IdContext } from '../entry/id-context.js'
import type { HeldLines } from './held-lines.js'

/**
 * A stretch of a program's work that loggers belong to: a unit, a held log. Children of such a logger inherit it.
 *
 * It marks each of their lines, and may take in lines instead of having them written.
 */
export interface LineScope extends EntryReceiver {
  /** The scope around this one. */
  readonly outer: LineScope | undefined
  /** The level from which lines are taken in although the logger's level leaves them out; above all levels for none. */
  readonly heldFrom: number
  /** Whether it takes in the other lines too. */
  readonly holdsAll: boolean
  /** Adds what the scope's lines carry: ids, `late`. */
  mark(entry: Entry): void
  /**
   * What a call's line is written with that needs no entry: a logger's context with the ids. Undefined where it needs one.
   * Whoever asks for it says when it is in use no more.
   */
  contextFor(context: Context): IdContext | undefined
  /** Where such a line goes that its logger's level leaves out; undefined where it needs an entry after all. */
  heldFor(level: number): HeldLines | undefined
  /** Takes over lines that an inner scope would write. */
  commit(held: HeldLines): void
  /** Takes over, or forgets, lines that an inner scope has no use for: a flight recorder further out may have one. */
  inherit(held: HeldLines): void
}
