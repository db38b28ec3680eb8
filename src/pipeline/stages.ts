import type { Entry } from '../entry/entry.js'
import { Level } from '../entry/level.js'
import { isRefusal } from '../outputs/output.js'
import type { Filter } from './filter.js'
import type { Gate, Onward, Verdict } from './gate.js'
import type { HeldLines } from './held-lines.js'
import type { AfterHook, BeforeHook, Hook } from './hook.js'
import type { LineView } from './line-view.js'
import type { Pipeline } from './pipeline.js'
import type { Receiver } from './receiver.js'
import { serialize, type Serializers } from './serializers.js'
import type { Sink } from './sink.js'

/** What lies between a logger's calls and its outputs. */
export interface StagePlan {
  readonly sinks: readonly Sink[]
  readonly serializers: Serializers | undefined
  readonly before: readonly Hook<BeforeHook>[]
  readonly gates: readonly Gate[]
  readonly after: readonly Hook<AfterHook>[]
}

/**
 * The way of an entry past hooks, filters, samplers and limits. A logger that has none of them, and no outputs of its
 * own, sends its entries to the {@link Pipeline} itself and pays for nothing here.
 */
export class Stages implements Receiver, Onward {
  readonly sinks: readonly Sink[]
  private readonly readsClock: boolean

  constructor(
    private readonly pipeline: Pipeline,
    private readonly plan: StagePlan,
  ) {
    this.sinks = plan.sinks
    // On Node.js 20 the time allocates 16 bytes: filters need none.
    this.readsClock = plan.gates.some(({ kind }) => kind !== 'filter')
  }

  /** Throws nothing but what an output refuses a line with. */
  receive(entry: Entry): void {
    const { pipeline } = this
    if (!pipeline.enter()) {
      pipeline.entries.give(entry)
      return
    }
    const view = pipeline.takeView()
    view.fields = entry
    view.isDropped = false
    let isKept = false
    try {
      pipeline.stamp(entry)
      if (this.runBefore(view)) {
        const verdict = this.decide(entry, view)
        isKept = verdict === 'keep'
        if (verdict === 'pass') this.write(entry, view)
      }
    } catch (problem) {
      if (isRefusal(problem)) throw problem
      pipeline.report(problem)
    } finally {
      view.fields = undefined
      pipeline.depth--
      if (!isKept) pipeline.entries.give(entry)
    }
  }

  /**
   * Has the hooks see an entry, and holds it. Samplers and limits are not asked: they are for what is written, and a held
   * line is written only when it matters. Never throws.
   */
  hold(entry: Entry, held: HeldLines, filter: Filter | undefined): boolean {
    const { pipeline } = this
    if (!pipeline.enter()) {
      pipeline.entries.give(entry)
      return true
    }
    const view = pipeline.takeView()
    view.fields = entry
    view.isDropped = false
    let isWanted = true
    try {
      pipeline.stamp(entry)
      if (this.runBefore(view)) {
        isWanted = filter === undefined || filter.matches(entry)
        if (isWanted) held.add(entry, this.sinks)
        else entry.isHooked = true
      }
    } catch (problem) {
      pipeline.report(problem)
    } finally {
      view.fields = undefined
      pipeline.depth--
      if (isWanted) pipeline.entries.give(entry)
    }
    return isWanted
  }

  /** Writes an entry that a gate has kept, and takes it back. */
  resume(entry: Entry): void {
    const { pipeline } = this
    const view = pipeline.takeView()
    const outer = view.fields
    view.fields = entry
    try {
      this.write(entry, view)
    } catch (problem) {
      // The call that made the line returned long ago.
      pipeline.report(problem)
    } finally {
      view.fields = outer
      pipeline.entries.give(entry)
    }
  }

  private runBefore(view: LineView): boolean {
    const { pipeline } = this
    const { before, serializers } = this.plan
    if ((before.length === 0 && serializers === undefined) || view.fields!.isHooked) return true
    if (serializers !== undefined) serialize(view.fields!, serializers)
    for (let i = 0; i < before.length; i++) {
      try {
        pipeline.settle(before[i], before[i].call(view))
      } catch (problem) {
        pipeline.reportHook(before[i], problem)
      }
      if (view.isDropped) {
        pipeline.droppedByHooks++
        return false
      }
    }
    // What they added was not searched for secrets yet.
    if (pipeline.table.scanner !== undefined) view.fields?.scan()
    return true
  }

  private decide(entry: Entry, view: LineView): Verdict {
    const { gates } = this.plan
    // A program that ends says why, whatever its limits are.
    if (gates.length === 0 || entry.level >= Level.fatal) return 'pass'
    const ticks = this.readsClock ? this.pipeline.ticks() : 0
    for (let i = 0; i < gates.length; i++) {
      const verdict = gates[i].decide(entry, view, ticks, this)
      if (verdict !== 'pass') {
        if (verdict === 'drop') this.pipeline.suppressed?.note(gates[i].kind, entry.level)
        return verdict
      }
    }
    return 'pass'
  }

  private write(entry: Entry, view: LineView): void {
    const { pipeline } = this
    pipeline.write(entry, this.sinks)
    const { after } = this.plan
    for (let i = 0; i < after.length; i++) {
      try {
        pipeline.settle(after[i], after[i].call(view))
      } catch (problem) {
        pipeline.reportHook(after[i], problem)
      }
    }
  }
}
