import type { AfterHook, BeforeHook, ErrorHook, Hook, HookInfo, HookList, HookOptions } from './pipeline/hook.js'

/**
 * The hooks of one logger and, before them by their priorities, its parents'. Children have them too, and cannot remove
 * them. A hook that throws is reported, and the line goes on without it.
 *
 * @example
 * const stop = log.hooks.before((line) => line.string('host', hostname), { name: 'host', priority: 10 })
 */
export class LoggerHooks {
  /** @param changed - Told when what counts is another set of hooks. */
  constructor(
    private readonly own: HookList,
    private readonly inherited: () => readonly HookList[],
    private readonly changed: (list: HookList) => void,
  ) {}

  /**
   * Adds a hook that sees each line before it is written, and may change or drop it.
   *
   * @returns what removes it.
   * @throws OptionError
   */
  before(hook: BeforeHook, options?: HookOptions): () => void {
    return this.added(this.own.add('before', hook, options))
  }

  /** Adds a hook that sees each line that was written. @throws OptionError */
  after(hook: AfterHook, options?: HookOptions): () => void {
    return this.added(this.own.add('after', hook, options))
  }

  /** Adds a hook that is told of every problem of this logger's whole family, besides `onError`. @throws OptionError */
  error(hook: ErrorHook, options?: HookOptions): () => void {
    return this.added(this.own.add('error', hook, options))
  }

  /** Removes this logger's own hooks of that name or function. Returns whether there was one. */
  remove(which: string | BeforeHook | AfterHook | ErrorHook): boolean {
    const wasThere = this.own.remove(which)
    if (wasThere) this.changed(this.own)
    return wasThere
  }

  /** Every hook that counts here, the first called first. */
  list(): HookInfo[] {
    const lists = [...this.inherited(), this.own]
    return lists
      .flatMap((list) =>
        list.hooks.map(({ on, name, priority }) => ({ on, name, priority, isInherited: list !== this.own })),
      )
      .toSorted((a, b) => a.priority - b.priority)
  }

  private added(hook: Hook): () => void {
    this.changed(this.own)
    return () => {
      if (this.own.remove(hook)) this.changed(this.own)
    }
  }
}
