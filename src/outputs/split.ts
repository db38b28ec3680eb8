import { ByteBuffer } from '../bytes/byte-buffer.js'
import { Level, type LevelName, levelName, LEVEL_NAMES } from '../entry/level.js'
import { checkOption } from '../options/check.js'
import { isRecord } from '../options/is-object.js'
import { OptionError } from '../options/option-error.js'
import { combinedStats } from './combined-stats.js'
import type { Output, OutputHost, OutputStats } from './output.js'
import { outputRule } from './output-rule.js'
import { settleAll } from './settle-all.js'
import { ticks } from './timers.js'

/** A line, for whoever chooses where it goes. */
export interface LineToSplit {
  /** The line's level. */
  readonly level: LevelName
  /** As the encoder wrote it, with its newline. Made when it is asked for. */
  readonly text: string
}

/** What all outputs do that send each line to one of several. */
abstract class SplitOutput implements Output {
  readonly isTerminal: boolean
  readonly isBuffered: boolean
  protected host: OutputHost | undefined = undefined

  constructor(readonly outputs: readonly Output[]) {
    this.isTerminal = outputs.every((output) => output.isTerminal === true)
    this.isBuffered = outputs.some((output) => output.isBuffered === true)
  }

  abstract begin(level?: number): ByteBuffer
  abstract commit(level: number): void

  open(host: OutputHost): void {
    this.host = host
    for (const output of this.outputs) output.open?.(host)
  }

  flush(): Promise<void> {
    return settleAll(this.outputs.map((output) => () => output.flush()))
  }

  flushSync(limitMs: number = Infinity): void {
    const deadline = ticks() + limitMs
    for (const output of this.outputs) {
      try {
        output.flushSync(Math.max(0, deadline - ticks()))
      } catch (error) {
        this.host?.report(error)
      }
    }
  }

  handOver(take: (bytes: Uint8Array, from: number, to: number) => void): void {
    for (const output of this.outputs) output.handOver?.(take)
  }

  endBuffering(): void {
    for (const output of this.outputs) output.endBuffering?.()
  }

  close(): Promise<void> {
    return settleAll(this.outputs.map((output) => () => output.close()))
  }

  stats(): OutputStats {
    return combinedStats(this.outputs.map((output) => output.stats()))
  }
}

/** Chooses before the line is encoded, by its level alone: the line is encoded where it goes. */
class LevelSplit extends SplitOutput {
  /** By level / 10. */
  private readonly byLevel: readonly (Output | undefined)[]
  private readonly nowhere = new ByteBuffer(1_024)
  private current: Output | undefined = undefined
  private belowAll = 0

  constructor(outputs: Readonly<Partial<Record<LevelName, Output>>>) {
    super([...new Set(Object.values(outputs))])
    const byLevel: (Output | undefined)[] = [undefined]
    for (const name of LEVEL_NAMES) byLevel[Level[name] / 10] = outputs[name] ?? byLevel[Level[name] / 10 - 1]
    this.byLevel = byLevel
  }

  begin(level: number = Level.info): ByteBuffer {
    this.current = this.byLevel[level / 10]
    if (this.current !== undefined) return this.current.begin(level)
    this.nowhere.length = 0
    return this.nowhere
  }

  commit(level: number): void {
    if (this.current === undefined) this.belowAll++
    else this.current.commit(level)
  }

  override stats(): OutputStats {
    return combinedStats(
      this.outputs.map((output) => output.stats()),
      this.belowAll > 0 ? { belowLevel: this.belowAll } : {},
    )
  }
}

/** Chooses when the line is whole: it is encoded aside and copied. */
class PredicateSplit extends SplitOutput {
  private readonly line = new ByteBuffer(1_024)

  constructor(
    private readonly isFirst: (line: LineToSplit) => boolean,
    private readonly first: Output,
    private readonly second: Output,
  ) {
    super([first, second])
  }

  begin(): ByteBuffer {
    this.line.length = 0
    return this.line
  }

  commit(level: number): void {
    const { line } = this
    const output = this.choose(level) ? this.first : this.second
    output.begin(level).copyRange(line.bytes, 0, line.length)
    output.commit(level)
  }

  private choose(level: number): boolean {
    const { line } = this
    try {
      return this.isFirst({
        level: levelName(level),
        get text() {
          return line.toString()
        },
      })
    } catch (error) {
      // The line is worth more than the choice.
      this.host?.report(error)
      return false
    }
  }
}

/**
 * Sends each line to one of several outputs: by its level, to that of the highest level named which it reaches; or by a
 * function, to the first output where that says so and else to the second.
 *
 * @throws OptionError where one is no output.
 * @example split({ info: stdout(), error: stderr() })
 * @example split((line) => line.text.includes('"audit":true'), file('audit.log'), file('app.log'))
 */
export function split(byLevel: Readonly<Partial<Record<LevelName, Output>>>): Output
export function split(isFirst: (line: LineToSplit) => boolean, first: Output, second: Output): Output
export function split(
  by: Readonly<Partial<Record<LevelName, Output>>> | ((line: LineToSplit) => boolean),
  first?: Output,
  second?: Output,
): Output {
  if (typeof by === 'function') {
    checkOption('split output', first, outputRule)
    checkOption('split output', second, outputRule)
    return new PredicateSplit(by, first as Output, second as Output)
  }
  if (!isRecord(by) || Object.keys(by).length === 0)
    throw new OptionError('split', 'outputs by level, or a function', by)
  for (const [name, output] of Object.entries(by)) {
    if (!Object.hasOwn(Level, name)) throw new OptionError('split', `outputs under ${LEVEL_NAMES.join(', ')}`, name)
    checkOption(`split.${name}`, output, outputRule)
  }
  return new LevelSplit(by)
}
