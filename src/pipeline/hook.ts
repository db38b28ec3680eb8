import { checkOptions, having, integer, text } from '../options/check.js'
import { isRecord } from '../options/is-object.js'
import { OptionError } from '../options/option-error.js'
import type { HookLine, ReadableLine } from './line-view.js'

/** Sees a line before it is written; may change it, or drop it. */
export type BeforeHook = (line: HookLine) => void
/** Sees a line after the outputs took it. */
export type AfterHook = (line: ReadableLine) => void
/** Told of each problem of the logging itself, besides `onError`. */
export type ErrorHook = (problem: Error) => void

/** When hooks are called. */
export type HookPoint = 'before' | 'after' | 'error'

/** How a hook is called. */
export interface HookOptions {
  /** To remove it by, and to find it in reports. Default: the function's name. */
  readonly name?: string
  /** Lower ones are called first, equal ones in the order they were added. Integer from 0 to 1000. Default 50. */
  readonly priority?: number
}

/** A hook with options, where one is given in the options of a logger. */
export interface HookSpec<Call> extends HookOptions {
  /** The function. */
  readonly hook: Call
}

type Given<Call> = Call | HookSpec<Call> | readonly (Call | HookSpec<Call>)[]

/** Hooks a logger is made with. */
export interface HooksOption {
  /** Called with a line before it is encoded. */
  readonly before?: Given<BeforeHook>
  /** Called when a line was handed to the outputs. */
  readonly after?: Given<AfterHook>
  /** Called with what an output, an encoder or a hook threw. */
  readonly error?: Given<ErrorHook>
}

/** A hook on a list. */
export interface HookInfo {
  /** When it is called. */
  readonly on: HookPoint
  /** By which it is removed and reported. */
  readonly name: string
  /** Lower ones come first. */
  readonly priority: number
  /** Whether a parent's, which the child cannot remove. */
  readonly isInherited: boolean
}

type AnyHook = BeforeHook | AfterHook | ErrorHook

/** One hook where it is called. */
export interface Hook<Call extends AnyHook = AnyHook> {
  readonly on: HookPoint
  readonly name: string
  readonly priority: number
  readonly call: Call
}

const DEFAULTS: Required<Pick<HookOptions, 'priority'>> & HookOptions = { priority: 50 }
const RULES = { name: text, priority: integer(0, 1000) }
const hookRule = having('a function, or an object with one as its hook')

/** The hooks that were added to one logger, by their time. */
export class HookList {
  readonly hooks: Hook[] = []

  /** @throws OptionError */
  add(on: HookPoint, call: unknown, options: HookOptions | undefined): Hook {
    const where = `hooks.${on}`
    if (typeof call !== 'function') throw new OptionError(where, 'a function', call)
    const { name, priority } = checkOptions<HookOptions>(where, options, DEFAULTS, RULES)
    const hook = { on, name: name ?? call.name, priority: priority!, call: call as AnyHook }
    this.hooks.push(hook)
    return hook
  }

  /** Removes every hook of that name or function. Returns whether there was one. */
  remove(which: string | AnyHook | Hook): boolean {
    const before = this.hooks.length
    const kept = this.hooks.filter((hook) => hook !== which && hook.call !== which && hook.name !== which)
    this.hooks.splice(0, before, ...kept)
    return kept.length < before
  }

  /** Adds what a logger's options give. @throws OptionError */
  addGiven(option: HooksOption): void {
    const given = checkOptions<HooksOption>(
      'hooks',
      option,
      {},
      {
        before: anything,
        after: anything,
        error: anything,
      },
    )
    for (const on of ['before', 'after', 'error'] as const) {
      const hooks: unknown = given[on]
      if (hooks === undefined) continue
      for (const each of Array.isArray(hooks) ? (hooks as unknown[]) : [hooks]) this.addOne(on, each)
    }
  }

  private addOne(on: HookPoint, given: unknown): void {
    if (!isRecord(given)) {
      this.add(on, given, undefined)
      return
    }
    const { hook, ...options } = given
    if (typeof hook !== 'function') throw new OptionError(`hooks.${on}`, hookRule.expected, given)
    this.add(on, hook, options)
  }
}

const anything = { expected: 'a hook', accepts: () => true }

/** The hooks of one kind out of several lists, the first called first. */
export function inOrder<Call extends AnyHook>(lists: readonly HookList[], on: HookPoint): Hook<Call>[] {
  const found = lists.flatMap((list) => list.hooks.filter((hook) => hook.on === on)) as Hook<Call>[]
  return found.toSorted((a, b) => a.priority - b.priority)
}
