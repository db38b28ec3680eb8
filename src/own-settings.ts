import type { Setting } from './levels/level-registry.js'
import type { Gate } from './pipeline/gate.js'
import { HookList } from './pipeline/hook.js'
import type { Serializers } from './pipeline/serializers.js'
import type { Sink } from './pipeline/sink.js'

/** What a logger has for itself and its children. Most loggers have nothing, and no such object. */
export class OwnSettings<Named> {
  level: Setting | undefined = undefined
  hooks: HookList = new HookList()
  gates: readonly Gate[] = []
  /** With those it inherits. */
  serializers: Serializers | undefined = undefined
  /** Outputs besides those it inherits. */
  sinks: readonly Sink[] = []
  /** Of a root: the loggers that were asked for by name. */
  named: Map<string, Named> | undefined = undefined

  /** Whether its lines pass anything that its parent's do not. */
  get hasStages(): boolean {
    return this.hooks.hooks.length > 0 || this.gates.length > 0 || this.serializers !== undefined
  }
}
