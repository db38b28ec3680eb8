import { currentLog, type Logger, runWithLog, type UnitLog } from '../../../src/index.js'
import { fieldsOfHandler } from '../../decorators/handler-fields.js'
import { logOfRequest } from '../../http/index.js'
import { noteFailure } from '../requests/claimed-errors.js'
import { writingParameters } from './prototype-fields.js'
import { runInUnit } from './run-in-unit.js'

/** What is used of GraphQL's own description of an operation. */
export interface Operation {
  readonly operation: string
  readonly name?: { readonly value: string } | undefined
}

interface ResolveInfo {
  readonly fieldName: string
  readonly operation: Operation
  readonly path: { readonly prev: unknown }
}

type Resolver = (...args: unknown[]) => unknown

/** What is used of Nest's maker of resolvers. It is replaced on the instance. */
export interface ContextCreator {
  create(...args: unknown[]): Resolver
}

/** The places of the resolver and of the context's type among the arguments of `create`. */
const CALLBACK = 1
const CONTEXT_TYPE = 8

/** The operations that a log has on its wide line. */
const operations = new WeakMap<UnitLog, { readonly seen: Set<Operation>; readonly resolvers: string[] }>()

/** The units of operations that come over sockets. */
const units = new WeakMap<Operation, UnitLog>()

/** Says which unit an operation is. */
export function ownOperation(operation: Operation, unit: UnitLog): void {
  units.set(operation, unit)
}

/** Puts each operation's name, type, resolvers and errors on the wide line of its request, or of a unit of its own. */
export function followOperations(creator: ContextCreator, logger: Logger): void {
  const { create } = creator
  creator.create = (...args) => {
    if (args[CONTEXT_TYPE] !== 'graphql') return create.apply(creator, args)
    const callback = args[CALLBACK] as Resolver
    const fields = fieldsOfHandler(callback)
    // The body of the request is the operation's text.
    fields.readArgument()
    args[CALLBACK] = writingParameters(callback, fields)
    const resolve = create.apply(creator, args)
    const owner = (args[0] as object).constructor.name
    return followed(resolve, `${owner}.${String(args[2])}`, logger)
  }
}

function followed(resolve: Resolver, name: string, logger: Logger): Resolver {
  return (...args) => {
    const info = args.at(-1)
    if (!isResolveInfo(info)) return resolve(...args)
    const run = (): unknown => resolve(...args)
    const unit = units.get(info.operation)
    if (unit !== undefined) return runWithLog(unit, () => eventsIn(unit, resolveIn(unit, info, name, run)))
    const log = logOfContext(args.at(-2))
    if (log !== undefined) return resolveIn(log, info, name, run)
    if (info.path.prev !== undefined) return run()
    // An operation that the application itself has run, outside of a request.
    const work = { kind: 'graphql', name: info.fieldName }
    return runInUnit(logger, work, (own) => resolveIn(own, info, name, run))
  }
}

/** Of a subscription, each step of its events is a part of its unit too. */
function eventsIn(unit: UnitLog, result: unknown): unknown {
  if (result instanceof Promise) return result.then((value: unknown) => eventsIn(unit, value))
  if (!isAsyncIterable(result)) return result
  const events = result[Symbol.asyncIterator]()
  const step =
    (name: 'next' | 'return' | 'throw') =>
    (value?: unknown): unknown =>
      runWithLog(unit, () => events[name]!(value))
  return {
    next: step('next'),
    ...(events.return === undefined ? {} : { return: step('return') }),
    ...(events.throw === undefined ? {} : { throw: step('throw') }),
    [Symbol.asyncIterator](): unknown {
      return this
    },
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown, unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function resolveIn(log: UnitLog, info: ResolveInfo, name: string, resolve: () => unknown): unknown {
  if (info.path.prev === undefined) noteOperation(log, info.operation, name)
  let result: unknown
  try {
    result = resolve()
  } catch (error) {
    noteFailure(log, error)
    throw error
  }
  if (result instanceof Promise) result.catch((error: unknown) => noteFailure(log, error))
  return result
}

/** Notes an operation of a request; of several in one request, a batch, all names. */
export function noteOperation(log: UnitLog, operation: Operation, resolver?: string): void {
  if (log.isClosed) return
  let noted = operations.get(log)
  if (noted === undefined) {
    noted = { seen: new Set(), resolvers: [] }
    operations.set(log, noted)
  }
  if (!noted.seen.has(operation)) {
    noted.seen.add(operation)
    const [first] = noted.seen
    log.fields.string('operation', nameOf(first)).string('operationType', first.operation)
    if (noted.seen.size > 1) log.fields.any('operations', Array.from(noted.seen, nameOf))
  }
  if (resolver === undefined || noted.resolvers.includes(resolver)) return
  noted.resolvers.push(resolver)
  log.fields.any('resolvers', [...noted.resolvers])
}

/** The log of the request that an operation came with, while it is under way. */
export function logOfContext(context: unknown): UnitLog | undefined {
  const { req, request } = (context ?? {}) as { req?: unknown; request?: unknown }
  const log = logOfRequest(req) ?? logOfRequest(request) ?? currentLog()
  return log?.isClosed === false ? log : undefined
}

function nameOf(operation: Operation): string {
  return operation.name?.value ?? '(anonymous)'
}

function isResolveInfo(value: unknown): value is ResolveInfo {
  return typeof value === 'object' && value !== null && 'operation' in value && 'path' in value
}
