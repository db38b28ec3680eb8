import { ownText } from '../bytes/own-text.js'

/** State that can be forgotten when nothing would differ. */
export interface Forgettable {
  isIdle(nowMs: number): boolean
}

/**
 * State by key, for keys made of data: beyond a bound, idle ones are forgotten, at most once in a while, and where all
 * are in use, the keys without room share one state. So memory is bounded, and so is the time a call takes.
 */
export class BoundedKeys<State extends Forgettable> {
  private readonly states = new Map<unknown, State>()
  private shared: State | undefined = undefined
  private sweptAt = -Infinity

  constructor(
    private readonly maxKeys: number,
    private readonly sweepEveryMs: number,
    private readonly make: () => State,
  ) {}

  get size(): number {
    return this.states.size
  }

  of(key: unknown, nowMs: number): State {
    const known = this.states.get(key)
    if (known !== undefined) return known
    if (this.states.size >= this.maxKeys) this.sweep(nowMs)
    if (this.states.size >= this.maxKeys) return (this.shared ??= this.make())
    const state = this.make()
    this.states.set(typeof key === 'string' ? ownText(key) : key, state)
    return state
  }

  private sweep(nowMs: number): void {
    if (nowMs - this.sweptAt < this.sweepEveryMs && nowMs >= this.sweptAt) return
    this.sweptAt = nowMs
    for (const [key, state] of this.states) if (state.isIdle(nowMs)) this.states.delete(key)
  }
}
