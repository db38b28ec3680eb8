import type { Fields } from '../entry/fields.js'
import type { LevelName } from '../entry/level.js'
import type { TraceContext } from './trace-context.js'

/** How a unit ended. */
export type Outcome =
  /** It did what it was to do; a request's response was sent whole. */
  | 'completed'
  /** It was broken off: the connection went, the work was aborted, the program ended. */
  | 'aborted'
  /** An error, or a status from 500 on. */
  | 'failed'

/**
 * A request or a unit at its end, before its wide line is written: what predicates, functions of the options and
 * listeners are given. Not to be kept: `fields` belongs to another unit afterwards.
 */
export interface FinishedUnit {
  /** What it is. */
  readonly kind: 'request' | 'unit'
  /** A unit's name; a request's method and route. */
  readonly name: string
  /** How it ended. */
  readonly outcome: Outcome
  /** The level of the wide line as its outcome has it. */
  readonly level: LevelName
  /** Milliseconds it took. */
  readonly durationMs: number
  /** Whether it took `slowMs` or longer. */
  readonly isSlow: boolean
  /** Milliseconds since the epoch at its start. */
  readonly startedAt: number
  /** Where it stands in a trace. */
  readonly trace: TraceContext
  /** The id of the request it is, or belongs to. */
  readonly requestId: string | undefined
  /** Whether it has an error, which may be undefined. */
  readonly hasError: boolean
  /** What it failed with. */
  readonly error: unknown
  /** What the application set for the wide line. */
  readonly fields: Fields
  /** The framework's request, or what the unit works on. */
  readonly request: unknown
  /** Class and method that served it, where a framework knows them. */
  readonly controller: string | undefined
  /** The method that served it, where a framework knows it. */
  readonly handler: string | undefined
  /** The rest is a request's. */
  readonly method: string | undefined
  /** The template of the route that served it. */
  readonly route: string | undefined
  /** Without query values. */
  readonly url: string | undefined
  /** Of the response. */
  readonly status: number | undefined
  /** Milliseconds until the first byte of the response went out. */
  readonly firstByteMs: number | undefined
  /** Bytes of the request's body. */
  readonly requestBytes: number | undefined
  /** Bytes of the response that were sent. */
  readonly responseBytes: number | undefined
  /** The caller's address. */
  readonly remoteAddress: string | undefined
  /** As the caller says. */
  readonly userAgent: string | undefined
  /** @internal Whether it was a stream of events, which has no other end than that its client leaves. */
  readonly isEventStream?: boolean
  /** @internal The names that its wide line has for what it says. */
  readonly keys?: Readonly<Record<string, string>> | undefined
  /** @internal Node's response to it. */
  readonly response?: unknown
}
