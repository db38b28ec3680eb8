import { ByteBuffer } from '../bytes/byte-buffer.js'
import { JsonEncoder } from '../encoders/json-encoder.js'
import { DEFAULT_LIMITS } from '../encoders/limits.js'
import type { Entry } from '../entry/entry.js'
import { FieldKind } from '../entry/field.js'
import { isError } from '../entry/is-error.js'
import { RawJson } from '../entry/raw-json.js'
import { checkOptions, flag, integer, texts } from '../options/check.js'
import type { Gate, GateStats, Onward, Verdict } from './gate.js'
import type { ReadableLine } from './line-view.js'

/** Options of coalescing. */
export interface CoalesceOptions {
  /** How long lines are looked at together, in milliseconds. Integer from 10 to 3,600,000. Default 1000. */
  readonly windowMs?: number
  /**
   * Fields of a line that may differ between lines that are the same otherwise. Those of the context always may. Default:
   * the ids of traces and requests, `durationMs`.
   */
  readonly except?: readonly string[]
  /** Different lines looked at in one window; those beyond are written as they come. Default 1000. */
  readonly maxLines?: number
  /**
   * Whether the first of equal lines is written at once, and one line for its repetitions when the window ends. Otherwise
   * one line for all of them is written then: fewer lines, each up to `windowMs` late. Default false.
   */
  readonly immediate?: boolean
}

const DEFAULTS: Required<CoalesceOptions> = {
  windowMs: 1000,
  except: ['trace_id', 'span_id', 'trace_flags', 'traceId', 'spanId', 'requestId', 'durationMs'],
  maxLines: 1000,
  immediate: false,
}
const RULES = { windowMs: integer(10, 3_600_000), except: texts, maxLines: integer(1, 1_000_000), immediate: flag }
const SEPARATOR = '\u0000'
const MAX_SIGNATURE = 1024

/** A line that stands for all its like in this window. */
interface Held {
  readonly entry: Entry
  readonly onward: Onward
  count: number
  lastTime: number
}

/**
 * Makes one line of lines with the same level, logger, message and fields: with `count`, `firstTime` and `lastTime`. What
 * it holds is as it was when it was logged, and goes out when its window ends, at `flush`, and when the process ends.
 */
export class CoalescingGate implements Gate {
  readonly kind = 'coalescing'
  private readonly options: Required<CoalesceOptions>
  private readonly except: ReadonlySet<string>
  private readonly json = new JsonEncoder()
  private readonly scratch = new ByteBuffer(1024)
  private readonly held = new Map<string, Held>()
  private timer: NodeJS.Timeout | undefined = undefined
  private passed = 0
  private dropped = 0

  /**
   * @param copy - Gives an entry with the same scalar fields, for the line that tells of repetitions.
   * @param giveBack - Takes such a copy when there were none.
   * @throws OptionError
   */
  constructor(
    option: CoalesceOptions,
    private readonly copy: (entry: Entry) => Entry,
    private readonly giveBack: (entry: Entry) => void,
  ) {
    this.options = checkOptions('coalesce', option, DEFAULTS, RULES)
    this.except = new Set(this.options.except)
  }

  decide(entry: Entry, _line: ReadableLine, _ticks: number, onward: Onward): Verdict {
    const signature = this.signatureOf(entry)
    const known = this.held.get(signature)
    if (known !== undefined) {
      known.count++
      known.lastTime = entry.time[0]
      this.dropped++
      return 'drop'
    }
    this.passed++
    if (this.held.size >= this.options.maxLines) return 'pass'
    const { immediate } = this.options
    const kept = immediate ? this.copy(entry) : entry
    if (!immediate) this.freeze(entry)
    this.held.set(signature, { entry: kept, onward, count: 1, lastTime: entry.time[0] })
    this.timer ??= setTimeout(() => this.release(), this.options.windowMs).unref()
    return immediate ? 'pass' : 'keep'
  }

  release(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const held = [...this.held.values()]
    // Emptied first: a hook on the lines that go out now may log their like.
    this.held.clear()
    for (const { entry, onward, count, lastTime } of held) {
      if (count > 1) entry.int('count', count).timestamp('firstTime', entry.time[0]).timestamp('lastTime', lastTime)
      if (count > 1 || !this.options.immediate) onward.resume(entry)
      else this.giveBack(entry)
    }
  }

  stats(): GateStats {
    return { kind: this.kind, passed: this.passed, dropped: this.dropped, parts: { holding: this.held.size } }
  }

  private signatureOf(entry: Entry): string {
    const { scratch } = this
    const start = scratch.length
    try {
      for (let row = 0; row < entry.count; row++) {
        if (!this.except.has(entry.keys[row].name))
          this.json.encodeField(entry, row, scratch, scratch.length + DEFAULT_LIMITS.maxLineBytes)
      }
      const whole = [entry.level, entry.logger, entry.message, scratch.toString(start)].join(SEPARATOR)
      if (whole.length <= MAX_SIGNATURE) return whole
      // A thousand large lines must not be remembered word by word. Not imported: loading it takes milliseconds.
      return process.getBuiltinModule('node:crypto').createHash('sha256').update(whole).digest('base64')
    } finally {
      scratch.length = start
    }
  }

  /** Objects may change before the line is written: what they are now is kept. Errors do not change. */
  private freeze(entry: Entry): void {
    const { scratch } = this
    for (let row = 0; row < entry.count; row++) {
      if (entry.kinds[row] !== FieldKind.any || isError(entry.values[row])) continue
      const start = scratch.length
      try {
        this.json.encodeValue(entry, row, scratch, start + DEFAULT_LIMITS.maxLineBytes)
        entry.values[row] = scratch.length === start ? undefined : new RawJson(scratch.toString(start))
      } finally {
        scratch.length = start
      }
    }
  }
}
