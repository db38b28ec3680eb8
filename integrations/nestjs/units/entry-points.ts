import type { Type } from '@nestjs/common'
import { MetadataScanner } from '@nestjs/core'
import type { HandlerInfo } from '../../../src/index.js'
import { routeLoggingOf } from '../decorators/route-logging.decorators.js'

/** Keys under which Nest's packages note what a method, or a class, is for. */
const RPC_METADATA = 'microservices:handler_type'
const PATTERN_METADATA = 'microservices:pattern'
const WS_METADATA = 'websockets:message_mapping'
const WS_MESSAGE_METADATA = 'message'
const SCHEDULER_METADATA = 'SCHEDULER_TYPE'
const SCHEDULER_NAME_METADATA = 'SCHEDULER_NAME'
const CRON_METADATA = 'SCHEDULE_CRON_OPTIONS'
const PROCESSOR_METADATA = 'bullmq:processor_metadata'

/** Nest's codes, by what we call them. */
const RPC_KINDS = new Map<unknown, EntryKind>([
  [1, 'rpc'],
  [2, 'event'],
])
const SCHEDULER_KINDS = new Map<unknown, EntryKind>([
  [1, 'cron'],
  [2, 'timeout'],
  [3, 'interval'],
])

export type EntryKind = 'rpc' | 'event' | 'ws' | 'cron' | 'timeout' | 'interval' | 'queue'

/** A method by which work that is no HTTP request comes into the application. */
export interface EntryPoint {
  readonly kind: EntryKind
  readonly method: string
  /** The pattern, the message, the job or the queue. */
  readonly name: string
  /** The patterns, or the message, by which work finds it. */
  readonly patterns: readonly string[]
  readonly info: HandlerInfo
}

/** Whether a method, or what serves its route, takes messages or events. */
export function takesMessages(handler: object): boolean {
  return RPC_KINDS.has(Reflect.getMetadata(RPC_METADATA, handler))
}

const known = new WeakMap<Type, ReadonlyMap<string, EntryPoint>>()

/** The entry points of a class, by the names of their methods. Read once a class. */
export function entryPointsOf(owner: Type): ReadonlyMap<string, EntryPoint> {
  let points = known.get(owner)
  if (points === undefined) {
    const found = new Map<string, EntryPoint>()
    for (const method of new MetadataScanner().getAllMethodNames(owner.prototype as object)) {
      const point = entryPoint(owner, method)
      if (point !== undefined) found.set(method, point)
    }
    points = found
    known.set(owner, points)
  }
  return points
}

/** The entry points of some classes by their patterns. Where two have the same, nobody can say which of them is meant. */
export function byPattern(
  owners: Iterable<Type>,
  kinds: readonly EntryKind[],
): ReadonlyMap<string, EntryPoint | undefined> {
  const found = new Map<string, EntryPoint | undefined>()
  for (const owner of owners) {
    for (const point of entryPointsOf(owner).values()) {
      if (!kinds.includes(point.kind)) continue
      for (const pattern of point.patterns) found.set(pattern, found.has(pattern) ? undefined : point)
    }
  }
  return found
}

function entryPoint(owner: Type, method: string): EntryPoint | undefined {
  const handler = (owner.prototype as Record<string, unknown>)[method]
  if (typeof handler !== 'function') return undefined
  const found = roleOf(owner, method, handler)
  if (found === undefined) return undefined
  const info = { route: '', controller: owner.name, handler: method, ...routeLoggingOf(handler, owner) }
  const { kind, patterns } = found
  return { kind, patterns, name: patterns.join(',') || `${owner.name}.${method}`, method, info }
}

function roleOf(
  owner: Type,
  method: string,
  handler: object,
): { kind: EntryKind; patterns: readonly string[] } | undefined {
  const read = (key: string): unknown => Reflect.getMetadata(key, handler)
  const rpc = RPC_KINDS.get(read(RPC_METADATA))
  if (rpc !== undefined) {
    const patterns = read(PATTERN_METADATA)
    return { kind: rpc, patterns: (Array.isArray(patterns) ? patterns : [patterns]).map(patternText) }
  }
  if (read(WS_METADATA) === true) return { kind: 'ws', patterns: [patternText(read(WS_MESSAGE_METADATA))] }
  const scheduled = SCHEDULER_KINDS.get(read(SCHEDULER_METADATA))
  if (scheduled !== undefined) {
    const cron = read(CRON_METADATA) as { name?: string } | undefined
    return { kind: scheduled, patterns: [patternText(cron?.name ?? read(SCHEDULER_NAME_METADATA))] }
  }
  const queue = method === 'process' ? (Reflect.getMetadata(PROCESSOR_METADATA, owner) as { name?: string }) : undefined
  return queue === undefined ? undefined : { kind: 'queue', patterns: [patternText(queue.name)] }
}

/** A pattern as it stands on a line. */
export function patternText(pattern: unknown): string {
  if (typeof pattern === 'string') return pattern
  if (typeof pattern !== 'object' || pattern === null) return pattern === undefined ? '' : JSON.stringify(pattern)
  const { service, rpc } = pattern as { service?: string; rpc?: string }
  return service !== undefined && rpc !== undefined ? `${service}.${rpc}` : JSON.stringify(pattern)
}
