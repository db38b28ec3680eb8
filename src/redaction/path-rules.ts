import { OptionError } from '../options/option-error.js'
import type { Step } from './path.js'
import { plainName } from './plain-name.js'
import type { Rule } from './rule.js'

/** Where a walk through a value stands in all paths at once. Undefined stands for: no path leads on from here. */
export class PathState {
  /** Hides the value that stands here. */
  readonly rule: Rule | undefined
  /** By the number of the next name; 0 is for names that no path has. */
  readonly next: (PathState | undefined)[] = []

  constructor(rule: Rule | undefined) {
    this.rule = rule
  }
}

/** A rule for what lies at a path. */
export interface PathRule {
  readonly steps: readonly Step[]
  readonly rule: Rule
}

/** Places in paths: `[rule, step]`. */
type Places = readonly (readonly [number, number])[]

/** What every line has of its own, whatever its encoder: an application must not start on a terminal only. */
const OWN_KEYS: readonly string[] = ['level', 'time', 'logger', 'msg']

/** Paths with several `**` could make ever more states of each other. */
const MAX_STATES = 2048

/**
 * All paths as one automaton, made once: a walk goes from state to state by one look into an array for each name, however
 * many paths there are, and allocates nothing.
 */
export class PathRules {
  readonly root: PathState | undefined
  private readonly numbers = new Map<string, number>()
  private readonly states = new Map<string, PathState | undefined>()

  /** @throws OptionError where the paths are too many or too tangled. */
  constructor(private readonly rules: readonly PathRule[]) {
    for (const { steps } of rules) {
      for (const step of steps) {
        if (step.kind !== 'name') continue
        const name = plainName(step.name)
        if (!this.numbers.has(name)) this.numbers.set(name, this.numbers.size + 1)
      }
    }
    this.root = this.stateOf(this.closed(rules.map((_, rule) => [rule, 0] as const)))
  }

  /** @throws OptionError where a path is a key that encoders write themselves: nothing would be hidden there. */
  refuse(reserved: readonly string[]): void {
    for (const { steps } of this.rules) {
      const [step] = steps
      if (steps.length !== 1 || step.kind !== 'name') continue
      const { name } = step
      if (!OWN_KEYS.includes(name) && !reserved.includes(name)) continue
      const expected = `a place of a field (a field of that name is _${name}; redact.patterns are looked for in messages)`
      throw new OptionError('redact.paths', expected, name)
    }
  }

  /** The number of a plain name, 0 where no path has it. */
  numberOf(plain: string): number {
    return this.numbers.get(plain) ?? 0
  }

  /** Whether a path names an index of an array. */
  get hasIndexes(): boolean {
    return [...this.numbers.keys()].some((name) => /^\d+$/.test(name))
  }

  private stateOf(places: Places): PathState | undefined {
    if (places.length === 0) return undefined
    const id = places.map(([rule, step]) => `${rule}:${step}`).join(' ')
    const known = this.states.get(id)
    if (known !== undefined) return known
    if (this.states.size >= MAX_STATES)
      throw new OptionError('redact.paths', 'fewer or simpler paths', this.rules.length)
    const end = places.find(([rule, step]) => step === this.rules[rule].steps.length)
    const state = new PathState(end === undefined ? undefined : this.rules[end[0]].rule)
    this.states.set(id, state)
    // What stands under a hidden value is hidden with it.
    if (end !== undefined) return state
    for (let number = 0; number <= this.numbers.size; number++)
      state.next.push(this.stateOf(this.after(places, number)))
    return state
  }

  private after(places: Places, number: number): Places {
    const next: (readonly [number, number])[] = []
    for (const [rule, step] of places) {
      const { steps } = this.rules[rule]
      const here = steps[step]
      if (here.kind === 'many')
        next.push([rule, step], ...(step === steps.length - 1 ? ([[rule, step + 1]] as const) : []))
      else if (here.kind !== 'name' || this.numbers.get(plainName(here.name)) === number) next.push([rule, step + 1])
    }
    return this.closed(next)
  }

  /** Adds the places that `**` may stand for nothing before; each place once, in order. */
  private closed(places: Places): Places {
    const all = new Map<string, readonly [number, number]>()
    for (const [rule, first] of places) {
      const { steps } = this.rules[rule]
      for (let step = first; ; step++) {
        all.set(`${rule}:${step}`, [rule, step])
        if (steps[step]?.kind !== 'many' || step === steps.length - 1) break
      }
    }
    return [...all.values()].toSorted(([a, b], [c, d]) => a - c || b - d)
  }
}
