import { type DeclaredField, isLoggable, writeDeclared } from '../../src/index.js'
import { currentLog, type FieldsTarget, logOfRequest, RequestLog } from '../http/index.js'
import type { SourcedField } from './builders.js'
import { declaresFields, writeFieldsOf } from './declared-class.js'

// A method of any form: its parameters and its result are the handler's own affair.
type Method = (this: unknown, ...args: unknown[]) => unknown

/** What is declared on one handler. */
export class HandlerFields {
  /** Fields taken from the request or the result, by key. */
  readonly sourced: Map<string, SourcedField> = new Map()
  /** Fields taken from a parameter, by its index. */
  readonly parameters: Map<number, DeclaredField & { readonly key: string }> = new Map()
  /** Declared types of the parameters, where the compiler noted them. */
  types: readonly unknown[] = []
  private readonly reported = new Set<string>()

  /** Whether anything is declared at all. */
  get isEmpty(): boolean {
    return this.sourced.size === 0 && this.parameters.size === 0 && !this.types.some(isDeclaringType)
  }

  /** Writes what comes from the request itself. */
  fromRequest(log: FieldsTarget): void {
    const { request } = log
    for (const [key, field] of this.sourced) {
      if (field.source.place !== 'result') this.write(log, key, field, () => read(field, request))
    }
  }

  /** Writes what comes from the arguments: decorated parameters, and objects whose class declares fields. */
  fromArguments(log: RequestLog, args: readonly unknown[]): void {
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
    if (typeof value !== 'object' || value === null) return
    try {
      if (value instanceof RequestLog) return
      const prototype: unknown = typeof type === 'function' ? type.prototype : undefined
      if (isLoggable(value)) log.fields.all(value)
      else if (declaresFields(prototype)) writeFieldsOf(prototype, value, log.fields)
    } catch (problem) {
      this.report(log, 'an argument', problem)
    }
  }

  /** Calls the handler, and writes what is declared before and after it. */
  run(log: RequestLog, handler: Method, self: unknown, args: unknown[]): unknown {
    if (!log.claimDeclaredFields(this)) return handler.apply(self, args)
    this.fromRequest(log)
    this.fromArguments(log, args)
    const result = handler.apply(self, args)
    if (!isThenable(result)) this.after(log, result)
    else if (this.hasResultFields) {
      // A lazy query runs once for each then(): only a promise of the language may be listened to on the side.
      if (!(result instanceof Promise)) return Promise.resolve(result).then((value) => this.passOn(log, value))
      result.then(
        (value) => this.after(log, value),
        () => undefined,
      )
    }
    return result
  }

  private get hasResultFields(): boolean {
    for (const { source } of this.sourced.values()) if (source.place === 'result') return true
    return false
  }

  private passOn<T>(log: RequestLog, value: T): T {
    this.after(log, value)
    return value
  }

  private write(log: FieldsTarget, key: string, field: DeclaredField, value: () => unknown): void {
    try {
      writeDeclared(log.fields, field.options.key ?? key, field, value())
    } catch (problem) {
      log.fields.string(field.options.key ?? key, `[Throws: ${messageOf(problem)}]`)
      this.report(log, key, problem)
    }
  }

  /** Each place is reported once: a handler that is called often would say the same again and again. */
  private report(log: FieldsTarget, place: string, problem: unknown): void {
    if (this.reported.has(place)) return
    this.reported.add(place)
    log.reportProblem(new Error(`field ${place} could not be read: ${messageOf(problem)}`, { cause: problem }))
  }
}

const handlers = new WeakMap<object, HandlerFields>()
const originals = new WeakMap<object, Method>()

/** The declarations of a handler, made when there are none. */
export function fieldsOfHandler(handler: object): HandlerFields {
  let fields = handlers.get(handler)
  if (fields === undefined) {
    fields = new HandlerFields()
    handlers.set(handler, fields)
  }
  return fields
}

/** A handler that writes its declared fields to the log of the request it is called for. */
export function writingFields(handler: Method, fields: HandlerFields): Method {
  const writing = function (this: unknown, ...args: unknown[]): unknown {
    const log = logOf(args)
    return log === undefined || log.isClosed ? handler.apply(this, args) : fields.run(log, handler, this, args)
  }
  Object.defineProperty(writing, 'name', { value: handler.name, configurable: true })
  Object.defineProperty(writing, 'length', { value: handler.length, configurable: true })
  handlers.set(writing, fields)
  originals.set(writing, handler)
  return writing
}

/** The function inside one made by {@link writingFields}, or the function itself. */
export function originalHandler(handler: Method): Method {
  return originals.get(handler) ?? handler
}

/** The log of the request: of one among the arguments, or itself among them, or the current one. */
function logOf(args: readonly unknown[]): RequestLog | undefined {
  for (const arg of args) {
    try {
      const log = arg instanceof RequestLog ? arg : logOfRequest(arg)
      if (log !== undefined) return log
    } catch {
      // An argument that throws when it is looked at is not the request.
    }
  }
  return currentLog()
}

function isDeclaringType(type: unknown): boolean {
  return typeof type === 'function' && declaresFields(type.prototype)
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
