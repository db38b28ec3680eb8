import type { Rule } from './options/check.js'
import { filter, type FilterLike } from './pipeline/filter.js'
import { FilterGate } from './pipeline/filter-gate.js'
import type { Gate } from './pipeline/gate.js'
import { HookList, type HooksOption } from './pipeline/hook.js'
import type { Pipeline } from './pipeline/pipeline.js'

/** What may stand between a logger's calls and its outputs. A child's are added to its parent's. */
export interface StageOptions {
  /** Hooks called around each line. */
  readonly hooks?: HooksOption
  /** Lines it does not match are not written. */
  readonly filter?: FilterLike
}

/** Stages, checked. */
export interface CheckedStages {
  readonly hooks: HookList | undefined
  /** Make the gates of one logger, in the order lines pass them. */
  readonly gates: readonly ((pipeline: Pipeline) => Gate)[]
}

export const filterRule: Rule = {
  expected: 'a filter: a text, or an object',
  accepts: (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
}
const object: Rule = { expected: 'an object', accepts: (value) => typeof value === 'object' && value !== null }

export const STAGE_RULES = { hooks: object, filter: filterRule }

/** @throws OptionError */
export function checkStageOptions(options: StageOptions): CheckedStages {
  const gates: ((pipeline: Pipeline) => Gate)[] = []
  if (options.filter !== undefined) {
    const compiled = filter(options.filter)
    gates.push(() => new FilterGate(compiled))
  }
  let hooks: HookList | undefined
  if (options.hooks !== undefined) {
    hooks = new HookList()
    hooks.addGiven(options.hooks)
  }
  return { hooks, gates }
}
