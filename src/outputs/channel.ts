/** Bytes on their way beside the program. */
export interface Flight {
  /**
   * How many of the bytes have arrived, by looking: the callback of a write cannot run while the process exits, or in a
   * loop that never ends its turn.
   */
  landed(): number
}

/** A descriptor, and how many bytes may go there. */
export interface Assignment {
  readonly descriptor: number
  readonly room: number
  /** Nobody can reach what is written there any more, and there is nothing else. */
  readonly isGone: boolean
}

/** Where an output's bytes go: a descriptor, or a file that is rotated. Takes whole lines and parts of them. */
export interface Channel {
  /** Named in reports. */
  readonly label: string
  readonly isTerminal: boolean
  /** Whether what was written can be read back. */
  readonly isFile: boolean
  readonly fsync?: 'never' | 'interval' | 'always'
  /**
   * Writes bytes[from, to), or the first part of them, before it returns.
   *
   * @returns how many bytes were taken.
   * @throws the system's error.
   */
  write(bytes: Uint8Array, from: number, to: number): number
  /**
   * Writes the bytes beside the program, which must leave them alone until `done` or until they have landed. No other
   * write may begin before that. Undefined where that is not possible, or not now: `write` is.
   */
  start?(bytes: Uint8Array, from: number, to: number, done: FlightDone): Flight | undefined
  /** Whether after an error of this code later attempts cannot succeed. */
  isFinal(code: string): boolean
  /** Settles when what was written is as safe as the channel promises. */
  sync(): Promise<void>
  syncNow(): void
  close(): Promise<void>

  /** Another thread writes, to the descriptors that {@link assign} names. Descriptors it may still need stay open. */
  share?(): void
  /**
   * It writes no more.
   *
   * @param begunIn - Where it wrote a line in part: the next bytes are the rest of that.
   */
  unshare?(begunIn: number | undefined): void
  /**
   * Where the next bytes go, and how many have room there.
   *
   * @param inUse - Descriptors that bytes are still to be written to. The others may be closed.
   * @param least - Bytes that should have room.
   */
  assign(inUse: ReadonlySet<number>, least: number): Assignment
  /** Whether what comes next may belong elsewhere, by the path or the time: {@link assign} says where. */
  isAssignmentDue?(): boolean
  /** So many bytes are on their way to the descriptor that was assigned last; the last of them may end within a line. */
  assigned?(bytes: number, isWholeLine?: boolean): void
}

export type FlightDone = (error: NodeJS.ErrnoException | null, written: number) => void
