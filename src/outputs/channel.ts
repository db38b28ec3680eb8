/** Bytes on their way beside the program. */
export interface Flight {
  /**
   * How many of the bytes have arrived, by looking: the callback of a write cannot run while the process exits, or in a
   * loop that never ends its turn.
   */
  landed(): number
}

/** Where an output's bytes go: a descriptor, or a file that is rotated. Takes whole lines and parts of them. */
export interface Channel {
  /** Named in reports. */
  readonly label: string
  readonly isTerminal: boolean
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
}

export type FlightDone = (error: NodeJS.ErrnoException | null, written: number) => void
