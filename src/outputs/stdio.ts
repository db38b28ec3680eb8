import { BLOCK_RULES, blockDefaults, type BlockOptions } from './block-options.js'
import { BlockOutput } from './block-output.js'
import { checkOptions } from '../options/check.js'
import { Descriptor } from './descriptor.js'
import type { Output } from './output.js'

function standardStream(descriptor: 1 | 2, name: string, given: BlockOptions | undefined): Output {
  return new BlockOutput(
    new Descriptor(descriptor, name),
    checkOptions(name, given, blockDefaults(given?.buffer), BLOCK_RULES),
  )
}

/**
 * Standard output, one write for all lines of a turn of the event loop. On a terminal it gets `pretty()`. It writes to
 * the descriptor itself and leaves `process.stdout` alone.
 *
 * @throws OptionError when an option is out of range.
 */
export function stdout(options?: BlockOptions): Output {
  return standardStream(1, 'stdout', options)
}

/** Standard error, as {@link stdout}. */
export function stderr(options?: BlockOptions): Output {
  return standardStream(2, 'stderr', options)
}
