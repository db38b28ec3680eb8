import { type DeclaredField, isLoggable, writeDeclared } from '../../src/index.js'
import { currentLog, RequestLog } from '../http/index.js'
import type { SourcedField } from './builders.js'
import { declaresFields, writeFieldsOf } from './declared-class.js'

/** What is declared on one handler. */
export class HandlerFields {
  /** Fields taken from the request or the result, by key. */
  readonly sourced: Map<string, SourcedField> = new Map()
  /** Fields taken from a parameter, by its index. */
  readonly parameters: Map<number, DeclaredField & { readonly key: string }> = new Map()
  /** Declared types of the parameters, where the compiler noted them. */
  types: readonly unknown[] = []
  private readonly reported = new Set<string>()

  /** Writes what is known when the handler is called. */
  before(log: RequestLog, args: readonly unknown[]): void {
    const { request } = log
    for (const [key, field] of this.sourced) {
      if (field.source.place !== 'result') this.write(log, key, field, () => read(field, request))
    }
    for (const [index, field] of this.parameters) this.write(log, field.key, field, () => args[index])
    for (let i = 0; i < args.length; i++) this.writeObject(log, args[i], this.types[i])
  }

  /** Writes what is taken from the handler's result. */
  after(log: RequestLog, result: unknown): void {
    for (const [key, field] of this.sourced) {
      const { source } = field
      if (source.place === 'result') this.write(log, key, field, () => source.pick(result))
    }
  }

  /** An argument whose class declares fields; a plain object stands in for an instance of its declared type. */
  private writeObject(log: RequestLog, value: unknown, type: unknown): void {
    if (typeof value !== 'object' || value === null || value instanceof RequestLog) return
    try {
      const prototype: unknown = typeof type === 'function' ? type.prototype : undefined
      if (isLoggable(value)) log.fields.all(value)
      else if (declaresFields(prototype)) writeFieldsOf(prototype as object, value, log.fields)
    } catch (problem) {
      this.report(log, 'an argument', problem)
    }
  }

  private write(log: RequestLog, key: string, field: DeclaredField, value: () => unknown): void {
    try {
      writeDeclared(log.fields, field.options.key ?? key, field, value())
    } catch (problem) {
      log.fields.string(field.options.key ?? key, `[Throws: ${messageOf(problem)}]`)
      this.report(log, key, problem)
    }
  }

  /** Each place is reported once: a handler that is called often would say the same again and again. */
  private report(log: RequestLog, place: string, problem: unknown): void {
    if (this.reported.has(place)) return
    this.reported.add(place)
    log.reportProblem(new Error(`field ${place} could not be read: ${messageOf(problem)}`, { cause: problem }))
  }
}

const handlers = new WeakMap<object, HandlerFields>()
const wrapped = new WeakSet<object>()

/** The declarations of a handler, made when there are none. */
export function fieldsOfHandler(handler: object): HandlerFields {
  let fields = handlers.get(handler)
  if (fields === undefined) {
    fields = new HandlerFields()
    handlers.set(handler, fields)
  }
  return fields
}

/** The declarations of a handler that does not write them itself. */
export function unwrittenFieldsOf(handler: object): HandlerFields | undefined {
  return wrapped.has(handler) ? undefined : handlers.get(handler)
}

type Method = (this: unknown, ...args: unknown[]) => unknown

/** A handler that writes its declared fields to the log of the request it is called for. */
export function writingFields(handler: Method, fields: HandlerFields): Method {
  const writing = function (this: unknown, ...args: unknown[]): unknown {
    const log = logOf(args)
    if (log === undefined || log.isClosed) return handler.apply(this, args)
    fields.before(log, args)
    const result = handler.apply(this, args)
    if (isThenable(result)) {
      // Beside the promise, not in its place: the caller gets the handler's own, and sees its rejection.
      result.then(
        (value) => fields.after(log, value),
        () => undefined,
      )
    } else fields.after(log, result)
    return result
  }
  Object.defineProperty(writing, 'name', { value: handler.name, configurable: true })
  Object.defineProperty(writing, 'length', { value: handler.length, configurable: true })
  handlers.set(writing, fields)
  wrapped.add(writing)
  return writing
}

/** The log of the request: on the request itself (Express), among the arguments, or the current one. */
function logOf(args: readonly unknown[]): RequestLog | undefined {
  const ofRequest = (args[0] as { log?: unknown } | undefined | null)?.log
  if (ofRequest instanceof RequestLog) return ofRequest
  for (const arg of args) if (arg instanceof RequestLog) return arg
  return currentLog()
}

function read(field: SourcedField, request: unknown): unknown {
  const { source } = field
  if (source.place === 'result') return undefined
  if (source.place === 'from') return source.read(request)
  const parts = (request ?? {}) as Record<'params' | 'query' | 'headers' | 'body', Record<string, unknown> | undefined>
  if (source.place === 'param') return parts.params?.[source.name]
  if (source.place === 'query') return parts.query?.[source.name]
  if (source.place === 'header') return parts.headers?.[source.name]
  return typeof parts.body === 'object' && parts.body !== null ? parts.body[source.name] : undefined
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

function messageOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem)
}
