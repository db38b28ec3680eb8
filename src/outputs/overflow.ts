/** What happens to lines when the ring is full. */
export type Overflow =
  /** The call waits for room, as long as the worker gets on. */
  | 'block'
  /** The line that finds no room is dropped. */
  | 'drop-newest'
  /** The oldest lines that are not on their way yet are dropped, a block at a time. */
  | 'drop-oldest'
  /** From three quarters on lines below `dropBelow` are dropped; the others wait as with `block`. */
  | 'drop-below-level'
