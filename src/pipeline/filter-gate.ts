import type { Entry } from '../entry/entry.js'
import type { Filter } from './filter.js'
import type { Gate, GateStats, Verdict } from './gate.js'

/** Lets lines pass that a filter matches. */
export class FilterGate implements Gate {
  readonly kind = 'filter'
  private passed = 0
  private dropped = 0

  constructor(private readonly filter: Filter) {}

  decide(entry: Entry): Verdict {
    if (this.filter.matches(entry)) {
      this.passed++
      return 'pass'
    }
    this.dropped++
    return 'drop'
  }

  stats(): GateStats {
    return { kind: this.kind, passed: this.passed, dropped: this.dropped }
  }
}
