import { type DeclaredField, isLoggable, type SourcedField, UnitLog } from '../../src/index.js'
import { currentLog, type FieldsTarget, logOfRequest } from '../http/index.js'
import { declaresFields, writeFieldsOf } from './declared-class.js'
import { followResult } from './follow-result.js'
import { logContextOf } from './log-context.js'
import { ofFirstArgument, type Reader, SourcedGroup } from './sourced-group.js'

// A method of any form: its parameters and its result are the handler's own affair.
type Method = (this: unknown, ...args: unknown[]) => unknown

/** What is declared on one handler, by where it comes from. */
interface Groups {
  readonly request: SourcedGroup
  readonly args: SourcedGroup
  readonly result: SourcedGroup
}

const NO_ARGUMENTS: readonly unknown[] = []
/** Claimed by the first class whose context goes on a wide line. */
const CONTEXT: object = Object.freeze({})

/** What is declared on one handler. */
export class HandlerFields {
  /** Fields taken from the request or the result, by key. */
  private readonly sourced = new Map<string, SourcedField>()
  /** Fields taken from a parameter, by its index. */
  private readonly parameters = new Map<number, DeclaredField & { readonly key: string }>()
  /** Declared types of the parameters, where the compiler noted them. */
  types: readonly unknown[] = []
  /** Whether the request that it is called in is not its own, as a resolver's: what it is given stands in the first argument. */
  private isOfArgument = false
  private groups: Groups | undefined = undefined
  private readonly reported = new Set<string>()
  /** What the fields are being written to. */
  private target: FieldsTarget | undefined = undefined
  private readonly listener = (key: string, reason: string): void => {
    if (this.target !== undefined) this.report(this.target, key, `field ${key}: ${reason}`)
  }

  /** Declares fields by key. Decorators run one after another, the outermost last. */
  add(fields: Readonly<Record<string, SourcedField>>): void {
    for (const [key, field] of Object.entries(fields)) this.sourced.set(key, field)
    this.groups = undefined
  }

  /** Declares a field of a parameter. */
  addParameter(index: number, field: DeclaredField & { readonly key: string }): void {
    this.parameters.set(index, field)
    this.groups = undefined
  }

  /** Has `param` and `body` taken from the first argument. */
  readArgument(): void {
    this.isOfArgument = true
    this.groups = undefined
  }

  /** Whether anything is declared at all. */
  get isEmpty(): boolean {
    return this.sourced.size === 0 && this.parameters.size === 0 && !this.types.some(isDeclaringType)
  }

  /** The fields of the parameters, as readers of their arguments. */
  parameterReaders(): Reader[] {
    return [...this.parameters].map(([index, { key, kind, options }]) => ({
      key,
      field: { kind, options, source: { place: 'arg', index, pick: itself } },
    }))
  }

  /** Writes what comes from the request itself. */
  fromRequest(log: FieldsTarget, args: readonly unknown[] = NO_ARGUMENTS): void {
    this.writeGroup(log, this.compiled().request, args, undefined)
  }

  /** Writes what comes from the arguments: decorated parameters, and objects whose class declares fields. */
  fromArguments(log: FieldsTarget, args: readonly unknown[]): void {
    this.writeGroup(log, this.compiled().args, args, undefined)
    for (let i = 0; i < args.length; i++) this.writeObject(log, args[i], this.types[i])
  }

  /** Writes what is taken from the handler's result. */
  after(log: FieldsTarget, result: unknown): void {
    this.writeGroup(log, this.compiled().result, NO_ARGUMENTS, result)
  }

  /** Calls the handler, and writes what is declared before and after it. */
  run(log: UnitLog, handler: Method, self: unknown, args: unknown[]): unknown {
    if (!log.claimDeclaredFields(this)) return handler.apply(self, args)
    const context = logContextOf(self)
    // That of the class which serves it: what is called on the way is of other classes.
    if (context !== undefined && log.claimDeclaredFields(CONTEXT)) log.fields.all(context)
    this.fromRequest(log, args)
    this.fromArguments(log, args)
    const result = handler.apply(self, args)
    if (this.compiled().result.isEmpty) return result
    return followResult(result, { value: (value) => this.after(log, value) })
  }

  private compiled(): Groups {
    if (this.groups !== undefined) return this.groups
    const readers = [...this.sourced].map(([key, field]) => ({
      key,
      field: this.isOfArgument ? ofFirstArgument(field) : field,
    }))
    const of = (...places: string[]): Reader[] => readers.filter(({ field }) => places.includes(field.source.place))
    this.groups = {
      request: new SourcedGroup(of('param', 'query', 'header', 'body', 'from'), this.listener),
      args: new SourcedGroup([...this.parameterReaders(), ...of('arg')], this.listener),
      result: new SourcedGroup(of('result'), this.listener),
    }
    return this.groups
  }

  private writeGroup(log: FieldsTarget, group: SourcedGroup, args: readonly unknown[], result: unknown): void {
    if (group.isEmpty) return
    try {
      this.target = log
      group.write(log.fields, log.request, args, result)
    } catch (problem) {
      this.report(log, 'fields', `the fields could not be written: ${messageOf(problem)}`)
    }
    // The log of a request that is over must not be kept for this.
    this.target = undefined
  }

  /** An argument whose class declares fields; a plain object stands in for an instance of its declared type. */
  private writeObject(log: FieldsTarget, value: unknown, type: unknown): void {
    if (typeof value !== 'object' || value === null) return
    try {
      if (value instanceof UnitLog) return
      const prototype: unknown = typeof type === 'function' ? type.prototype : undefined
      if (isLoggable(value)) log.fields.all(value)
      else if (declaresFields(prototype)) writeFieldsOf(prototype, value, log.fields)
    } catch (problem) {
      this.report(log, 'an argument', `field an argument could not be read: ${messageOf(problem)}`)
    }
  }

  /** Each place is reported once: a handler that is called often would say the same again and again. */
  private report(log: FieldsTarget, place: string, message: string): void {
    if (this.reported.has(place)) return
    this.reported.add(place)
    log.reportProblem(new Error(message))
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

/** Has a function that takes a handler's place carry the handler's declarations. */
export function shareFields(handler: object, replacement: object): void {
  const fields = handlers.get(handler)
  if (fields !== undefined) handlers.set(replacement, fields)
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
function logOf(args: readonly unknown[]): UnitLog | undefined {
  for (let i = 0; i < args.length; i++) {
    try {
      const arg = args[i]
      const log = arg instanceof UnitLog ? arg : logOfRequest(arg)
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

function itself(value: unknown): unknown {
  return value
}

function messageOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem)
}
