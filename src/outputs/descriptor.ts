import fs from 'node:fs'
import type { Assignment, Channel } from './channel.js'

/** The descriptor is gone: later attempts cannot succeed. */
const FINAL_ERRORS: ReadonlySet<string> = new Set(['EPIPE', 'EBADF', 'ECONNRESET', 'EINVAL', 'ENXIO'])

/** A descriptor that somebody else opened and closes, such as standard output. */
export class Descriptor implements Channel {
  readonly isTerminal: boolean
  readonly isFile = false

  constructor(
    private readonly descriptor: number,
    readonly label: string,
  ) {
    // Not imported: it loads the network's modules, which takes milliseconds.
    this.isTerminal = process.getBuiltinModule('node:tty').isatty(descriptor)
  }

  write(bytes: Uint8Array, from: number, to: number): number {
    return fs.writeSync(this.descriptor, bytes, from, to - from)
  }

  assign(): Assignment {
    return { descriptor: this.descriptor, room: Infinity, isGone: false }
  }

  isFinal(code: string): boolean {
    return FINAL_ERRORS.has(code)
  }

  sync(): Promise<void> {
    return Promise.resolve()
  }

  syncNow(): void {
    // What the kernel of a pipe or a terminal has taken is as safe as it gets.
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
