import { checkOptions, integer, oneOf, type Rules } from '../options/check.js'
import { OptionError } from '../options/option-error.js'
import { type LevelName, Level, LEVEL_NAMES } from '../entry/level.js'
import { BlockOutput } from './block-output.js'
import type { Output } from './output.js'
import type { Overflow } from './overflow.js'
import { RingOutput } from './ring-output.js'

/** Options of {@link worker}. */
export interface WorkerOptions {
  /** Bytes that may wait, 65536 to 1073741824. Default 4194304. */
  readonly ringBytes?: number
  /** What happens to lines when the ring is full. Default `block`. */
  readonly overflow?: Overflow
  /** With `drop-below-level`: the lowest level that is kept. Default `warn`. */
  readonly dropBelow?: LevelName
  /** Milliseconds a call waits for a worker that does not get on at all; then lines are dropped until it does. Default 5000. */
  readonly stallMs?: number
}

const DEFAULTS: Required<WorkerOptions> = Object.freeze({
  ringBytes: 4_194_304,
  overflow: 'block',
  dropBelow: 'warn',
  stallMs: 5_000,
})

const RULES: Rules<Required<WorkerOptions>> = {
  ringBytes: integer(65_536, 1_073_741_824),
  overflow: oneOf('block', 'drop-newest', 'drop-oldest', 'drop-below-level'),
  dropBelow: oneOf(...LEVEL_NAMES),
  stallMs: integer(0, 3_600_000),
}

/**
 * Has another thread write what `file()`, `stdout()` or `stderr()` would write: lines are encoded into memory that both
 * threads share, and a log call waits neither for a disk nor for a reader while there is room. The output's own options
 * say when lines are handed over, and all others hold too.
 *
 * A worker that ends, or does not start, is replaced by this thread: nothing is lost by that. At the end of the process
 * this thread writes what is left itself.
 *
 * `audit()` syncs beside the program by itself, in its `batch` mode: it is given back as it is, and takes none of these
 * options. Its hash chain and the key stay in this thread; docs/audit.md says why.
 *
 * @param output - Given to nobody else.
 * @throws OptionError when an option is out of range, or the output is another one.
 * @example
 * createLogger({ outputs: [worker(file('logs/app.log'), { overflow: 'drop-below-level' })] })
 */
export function worker(output: Output, options?: WorkerOptions): Output {
  if (output?.worksBeside === true) {
    const given = checkOptions<WorkerOptions>('worker', options, {}, RULES)
    // What is asked for must not be left undone without a word: an audit file drops nothing, and has no ring.
    for (const [name, value] of Object.entries(given))
      throw new OptionError(`worker.${name}`, 'left out for audit(), which has no ring and drops no line', value)
    return output
  }
  if (!(output instanceof BlockOutput)) throw new OptionError('worker output', 'file(), stdout() or stderr()', output)
  const { dropBelow, ...rest } = checkOptions('worker', options, DEFAULTS, RULES)
  return new RingOutput(output, { ...rest, dropBelow: Level[dropBelow] })
}
