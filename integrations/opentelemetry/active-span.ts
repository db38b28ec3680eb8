import { AsyncResource, executionAsyncResource } from 'node:async_hooks'
import type { Context, SpanContext } from '@opentelemetry/api'
import type { Correlation, TraceNames, TracePosition } from '../../src/index.js'
import { createContextKey, isSpanContextValid, ROOT_CONTEXT, trace } from './api.js'
import { DEFAULT_NAMES } from './trace-names.js'

/** Where every copy of the API keeps what is registered with it. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1')

interface Registered {
  readonly context?: Manager
}

interface Manager {
  active(): Context
  with<T>(context: Context | undefined, step: () => T): T
  /** The official manager's own. */
  readonly _asyncLocalStorage?: Storage
}

interface Storage {
  getStore(): Context | null | undefined
  /** Before Node.js 24: whether anything was stored since it was made or ended, as the end of a manager does. */
  readonly enabled?: boolean
  /** Likewise: under which name of the resource that runs. */
  readonly kResourceStore?: symbol
}

const PROBE = createContextKey('wideline.probe')

const FLAGS = Array.from({ length: 256 }, (_, flags) => flags.toString(16).padStart(2, '0'))

/** What runs, as storages before Node.js 24 know it. Imported names are read anew each time. */
const resourceNow = executionAsyncResource as () => Record<symbol, Context | null | undefined>

/** Of 32 lines one looks whether an SDK has started, which costs some 15 ns. */
const LINES_BETWEEN = 31

/** Puts the ids of the active span on lines. */
export class ActiveSpan implements Correlation {
  private registered: Registered | undefined = undefined
  /** Where no SDK has started yet; -1 has the next line look. */
  private linesSinceLook = -1
  private manager: Manager | undefined = undefined
  /** Where the manager keeps the active context, asked directly: `active()` takes up to 30 ns more of a call of 190. */
  private storage: Storage | undefined = undefined
  private lastActive: Context | null | undefined = undefined
  private lastIds: SpanContext | undefined = undefined
  private lastSpan: TracePosition | undefined = undefined

  constructor(readonly names: TraceNames = DEFAULT_NAMES) {}

  position(own: TracePosition | undefined): TracePosition | undefined {
    // All that a line outside of spans takes, in one piece: with more code here V8 has no room for what else a line takes. Each
    // look at something is 1 % of a message: a manager that ends ends its storage, so that one of Node.js 20 is asked by itself,
    // and only within contexts, requests and units whether the manager is the one it was.
    const { storage } = this
    let active: Context | null | undefined
    if (storage === undefined) {
      this.linesSinceLook = (this.linesSinceLook + 1) & LINES_BETWEEN
      return this.linesSinceLook === 0 ? this.positionAnew(own) : own
    }
    if (storage.enabled === true) active = resourceNow()[storage.kResourceStore!]
    else if (storage.enabled === undefined && this.registered!.context === this.manager) active = storage.getStore()
    else return this.positionAnew(own)
    if (active === undefined || active === ROOT_CONTEXT) {
      return own === undefined || this.registered!.context === this.manager ? own : this.positionAnew(own)
    }
    if (this.registered!.context !== this.manager) return this.positionAnew(own)
    if (active !== this.lastActive) this.read(active)
    return this.lastSpan ?? own
  }

  /** The same where the manager is new, keeps the context elsewhere, has ended or is none. */
  private positionAnew(own: TracePosition | undefined): TracePosition | undefined {
    const active = this.findActive()
    if (active === undefined || active === ROOT_CONTEXT) return own
    if (active !== this.lastActive) this.read(active)
    return this.lastSpan ?? own
  }

  private findActive(): Context | null | undefined {
    const registered = this.registered ?? this.look()
    if (registered === undefined) return undefined
    this.linesSinceLook = -1
    const { context } = registered
    if (context !== this.manager) this.adopt(context)
    const { storage } = this
    return storage === undefined ? context?.active() : storage.getStore()
  }

  /** Finds out whether a manager's storage holds what its `active()` gives, by having it hold something. */
  private adopt(manager: Manager | undefined): void {
    this.manager = manager
    // Where the look throws, none is asked, and not that of the manager before.
    this.storage = undefined
    if (manager === undefined) return
    const { _asyncLocalStorage: storage } = manager
    // One that has ended would begin anew, and what was active with it: the next line looks again.
    if (storage?.enabled === false && resourceNow()[storage.kResourceStore!] !== undefined) {
      this.manager = undefined
      return
    }
    const probe = ROOT_CONTEXT.setValue(PROBE, true)
    const keeps = (): boolean =>
      manager.with(probe, () => storedIn(storage!) === probe && manager.active() === probe) &&
      // One of one's own may have a context for where there is none.
      manager.with(undefined, () => storedIn(storage!) === undefined && isEmpty(manager.active()))
    // Beside what is under way: Node.js 24 remembers in it that a storage was used, and every line looks that up then.
    if (typeof storage?.getStore === 'function' && new AsyncResource('wideline').runInAsyncScope(keeps))
      this.storage = storage
  }

  /** Looks a context's span up. Whether its ids are any takes two regular expressions, and lines of one span come together. */
  private read(active: Context | null): void {
    // The official manager takes null for none, too.
    const ids = active === null ? undefined : trace.getSpanContext(active)
    // A span has more than one context where something else is put into it.
    if (ids !== this.lastIds) {
      this.lastSpan = ids !== undefined && isSpanContextValid(ids) ? positionOf(ids) : undefined
      this.lastIds = ids
    }
    // Last: ids that cannot be read are none of the span before.
    this.lastActive = active
  }

  private look(): Registered | undefined {
    this.registered = (globalThis as { [REGISTERED]?: Registered })[REGISTERED]
    return this.registered
  }
}

/** The context under way, asked of the manager itself: a newer copy of the API than the one it is registered with would not. */
export function activeContext(): Context {
  return (globalThis as { [REGISTERED]?: Registered })[REGISTERED]?.context?.active() ?? ROOT_CONTEXT
}

function storedIn(storage: Storage): Context | null | undefined {
  return storage.enabled === true ? resourceNow()[storage.kResourceStore!] : storage.getStore()
}

/** Whether no span is in a context. */
function isEmpty(context: Context): boolean {
  return trace.getSpanContext(context) === undefined
}

function positionOf({ traceId, spanId, traceFlags }: SpanContext): TracePosition {
  return { traceId, spanId, traceFlags: FLAGS[traceFlags & 0xff] }
}
