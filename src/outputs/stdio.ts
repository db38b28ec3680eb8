import { isatty } from 'node:tty'
import { DescriptorOutput } from './descriptor.js'
import { FILE_DEFAULTS } from './file.js'
import type { Output } from './output.js'

/** A standard stream. It writes to the descriptor itself and leaves `process.stdout` and `process.stderr` alone. */
class StdioOutput extends DescriptorOutput {
  override readonly isTerminal: boolean

  constructor(descriptor: 1 | 2, name: string) {
    super(descriptor, name, FILE_DEFAULTS)
    this.isTerminal = isatty(descriptor)
  }
}

/** Standard output, one write for all lines of a turn of the event loop. On a terminal it gets `pretty()`. */
export function stdout(): Output {
  return new StdioOutput(1, 'stdout')
}

/** Standard error, one write for all lines of a turn of the event loop. On a terminal it gets `pretty()`. */
export function stderr(): Output {
  return new StdioOutput(2, 'stderr')
}
