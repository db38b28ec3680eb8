import type { Rule } from './options/check.js'
import { isObject } from './options/is-object.js'
import { type CoalesceOptions, CoalescingGate } from './pipeline/coalescing.js'
import { filter, type FilterLike, filterRule } from './pipeline/filter.js'
import { FilterGate } from './pipeline/filter-gate.js'
import type { Gate } from './pipeline/gate.js'
import { HookList, type HooksOption } from './pipeline/hook.js'
import { RateLimitGate, type RateLimitOption } from './pipeline/limits/rate-limit.js'
import type { Pipeline } from './pipeline/pipeline.js'
import { SamplingGate, type SamplingOption } from './pipeline/sampling/sampling-gate.js'
import { type Serializers, serializersRule } from './pipeline/serializers.js'

/** What may stand between a logger's calls and its outputs. A child's are added to its parent's. */
export interface StageOptions {
  /**
   * Make of the values of fields what is written in their place, by key, before hooks see the line. A child's replace its
   * parent's of the same key. Errors and secrets are not given to them.
   */
  readonly serializers?: Serializers
  /** Hooks called around each line. */
  readonly hooks?: HooksOption
  /** Lines it does not match are not written. */
  readonly filter?: FilterLike
  /** Keeps a part of the lines. */
  readonly sampling?: SamplingOption
  /** Bounds how many lines are written. */
  readonly rateLimit?: RateLimitOption
  /** Makes one line of equal ones. */
  readonly coalesce?: CoalesceOptions
}

/** Stages, checked. */
export interface CheckedStages {
  readonly serializers: Serializers | undefined
  readonly hooks: HookList | undefined
  /** Make the gates of one logger, in the order lines pass them. */
  readonly gates: readonly ((pipeline: Pipeline) => Gate)[]
}

const object: Rule = { expected: 'an object', accepts: isObject }

export const STAGE_RULES: Record<keyof StageOptions, Rule> = {
  serializers: serializersRule,
  hooks: object,
  filter: filterRule,
  sampling: object,
  rateLimit: object,
  coalesce: object,
}

/** @throws OptionError */
export function checkStageOptions(options: StageOptions): CheckedStages {
  const gates: ((pipeline: Pipeline) => Gate)[] = []
  if (options.filter !== undefined) {
    const compiled = filter(options.filter)
    gates.push(() => new FilterGate(compiled))
  }
  const { sampling, rateLimit, coalesce } = options
  // Made once for nothing: what is wrong with them shows before anything is opened.
  if (sampling !== undefined) {
    const make = (pipeline?: Pipeline): Gate => new SamplingGate(sampling, (problem) => pipeline?.report(problem))
    make()
    gates.push(make)
  }
  if (rateLimit !== undefined) {
    const gate = new RateLimitGate(rateLimit)
    gates.push(() => gate)
  }
  if (coalesce !== undefined) {
    const make = (pipeline?: Pipeline): Gate =>
      new CoalescingGate(
        coalesce,
        (entry) => pipeline!.scalarsOf(entry),
        (entry) => pipeline!.entries.give(entry),
      )
    make()
    gates.push(make)
  }
  let hooks: HookList | undefined
  if (options.hooks !== undefined) {
    hooks = new HookList()
    hooks.addGiven(options.hooks)
  }
  return { serializers: options.serializers && copied(options.serializers), hooks, gates }
}

/**
 * Those it inherits too: Fastify has the serializers of a plugin as the prototype of its routes' own. Without a prototype,
 * and without what every object has, which may be polluted.
 */
function copied(serializers: Serializers): Serializers {
  const copy = Object.create(null) as Record<string, Serializers[string]>
  for (const name in serializers) {
    if (!(name in Object.prototype) || Object.hasOwn(serializers, name)) copy[name] = serializers[name]
  }
  return copy
}
