import { AsyncLocalStorage } from 'node:async_hooks'
import { type CallTrace, type LevelName, Logger, type SourcedField, type TypedLine } from '../../src/index.js'
import { ContextLogger, currentLog } from '../http/index.js'
import { followCall } from './follow-call.js'
import type { CallFollower } from './follower.js'
import type { HandlerFields } from './handler-fields.js'
import { logContextOf } from './log-context.js'
import { type Reader, SourcedGroup } from './sourced-group.js'

/** A call of a logged method that is under way. */
interface Frame {
  readonly call: string
  readonly depth: number
}

/** The innermost call that is under way: the caller of the next one. */
const frames = new AsyncLocalStorage<Frame>()

/** What is declared on a logged method, checked and complete. */
export interface LoggedPlan {
  readonly level: LevelName
  readonly errorLevel: LevelName
  /** The highest level at which there may be a line. */
  readonly watchLevel: LevelName
  readonly slowMs: number
  readonly logger: Logger | ((self: unknown) => Logger | undefined) | undefined
  readonly args: readonly Reader[]
  readonly hasAllArgs: boolean
  readonly result: Readonly<Record<string, SourcedField>>
  readonly hasResult: boolean
}

const NO_ARGUMENTS: readonly unknown[] = []

/** One method whose calls are logged: their enter and their exit, what they were given and gave, how long they took. */
export class LoggedMethod {
  private argsGroup: SourcedGroup | undefined = undefined
  private readonly resultGroup: SourcedGroup
  private readonly reported = new Set<string>()
  /** What a line is being written to. */
  private log: Logger | undefined = undefined
  private readonly listener = (key: string, reason: string): void => {
    if (this.reported.has(key)) return
    this.reported.add(key)
    this.log?.reportProblem(new Error(`field ${key}: ${reason}`))
  }

  constructor(
    private readonly name: string,
    /** The name of the class it is declared on, or empty. */
    private readonly ownerOf: (self: unknown) => string,
    readonly plan: LoggedPlan,
    /** What its parameters declare. */
    private readonly fields: HandlerFields,
  ) {
    this.resultGroup = new SourcedGroup(
      Object.entries(plan.result).map(([key, field]) => ({ key, field })),
      this.listener,
    )
  }

  /**
   * The logger that writes a call's lines, where one would: the object's own, if it knows the current request or unit; the log
   * of that; any other that the object has, or the decorator was given.
   */
  loggerFor(self: unknown): Logger | undefined {
    const own = this.ownLogger(self)
    // One that finds the current request or unit by itself has its name, and a level of its own, besides.
    const log = own instanceof ContextLogger ? own : (currentLog() ?? own)
    return log !== undefined && (log.isEnabled(this.plan.watchLevel) || log.tracesCalls) ? log : undefined
  }

  /** Calls the method between its lines. Whatever the logging does, the caller gets what the method gives. */
  run(log: Logger, method: (...args: never[]) => unknown, self: unknown, args: unknown[]): unknown {
    const caller = frames.getStore()
    const call = new LoggedCall(this, log, self, this.callName(self), caller)
    call.enter(args)
    let result: unknown
    try {
      result = call.within(() => method.apply(self, args as never[]))
    } catch (error) {
      call.fail(error)
      throw error
    }
    return followCall(result, call)
  }

  /** Appends the arguments. */
  writeArgs(line: TypedLine, log: Logger, args: readonly unknown[]): void {
    this.argsGroup ??= new SourcedGroup([...this.plan.args, ...this.fields.parameterReaders()], this.listener)
    if (this.plan.hasAllArgs) line.any('args', args)
    this.log = log
    if (!this.argsGroup.isEmpty) this.argsGroup.write(line, undefined, args, undefined)
  }

  /** Appends the result. */
  writeResult(line: TypedLine, log: Logger, result: unknown): void {
    if (this.plan.hasResult) line.any('result', result)
    this.log = log
    if (!this.resultGroup.isEmpty) this.resultGroup.write(line, undefined, NO_ARGUMENTS, result)
  }

  private callName(self: unknown): string {
    const owner = this.ownerOf(self)
    return owner === '' ? this.name : `${owner}.${this.name}`
  }

  /** A method must not fail for want of a logger: its lines then go to the log under way. */
  private ownLogger(self: unknown): Logger | undefined {
    try {
      return this.givenLogger(self)
    } catch (problem) {
      if (!this.reported.has('logger')) {
        this.reported.add('logger')
        const reason = problem instanceof Error ? problem.message : String(problem)
        currentLog()?.reportProblem(new Error(`the logger of ${this.callName(self)} could not be read: ${reason}`))
      }
      return undefined
    }
  }

  private givenLogger(self: unknown): Logger | undefined {
    const { logger } = this.plan
    if (logger instanceof Logger) return logger
    if (logger !== undefined) return asLogger(logger(self))
    // Of a static method it is the class.
    if ((typeof self !== 'object' && typeof self !== 'function') || self === null) return undefined
    const { log, logger: other } = self as { log?: unknown; logger?: unknown }
    return asLogger(log) ?? asLogger(other)
  }
}

/** What an object has under such a name need not be ours: Nest's has another form. */
function asLogger(value: unknown): Logger | undefined {
  return value instanceof Logger ? value : undefined
}

/** One call. It is its own frame: what it calls finds it there. */
class LoggedCall implements CallFollower, Frame {
  readonly depth: number
  private readonly caller: string | undefined
  private readonly startedAt: number
  /** The call as a tracer follows it. */
  private readonly trace: CallTrace | undefined
  private items = 0
  private hasItems = false
  private result: unknown = undefined

  constructor(
    private readonly of: LoggedMethod,
    private readonly log: Logger,
    private readonly self: unknown,
    readonly call: string,
    caller: Frame | undefined,
  ) {
    this.depth = caller === undefined ? 1 : caller.depth + 1
    this.caller = caller?.call
    this.startedAt = log.ticks()
    this.trace = log.tracesCalls ? log.traceCall(call, currentLog()?.traceId ?? '') : undefined
  }

  enter(args: readonly unknown[]): void {
    const line = this.begin(this.of.plan.level)
    if (line === undefined) return
    this.of.writeArgs(line, this.log, args)
    line.msg(`enter ${this.call}`)
  }

  value(value: unknown): void {
    this.result = value
  }

  item(): void {
    this.hasItems = true
    this.items++
  }

  /** The call as one subscriber has it: its lines count what that was given. */
  each(): CallFollower {
    const own = Object.create(this) as LoggedCall
    own.items = 0
    own.hasItems = false
    own.result = undefined
    return own
  }

  end(): void {
    this.trace?.end(false, undefined)
    const { plan } = this.of
    const elapsed = this.elapsed()
    const isSlow = elapsed >= plan.slowMs
    const line = this.begin(isSlow ? higherLevel(plan.level, 'warn') : plan.level)
    if (line === undefined) return
    line.duration('durationMs', elapsed)
    if (isSlow) line.bool('slow', true)
    if (this.hasItems) line.int('items', this.items)
    this.of.writeResult(line, this.log, this.result)
    line.msg(`exit ${this.call}`)
  }

  fail(error: unknown): void {
    this.trace?.end(true, error)
    const line = this.begin(this.of.plan.errorLevel)
    if (line === undefined) return
    line.duration('durationMs', this.elapsed())
    if (this.hasItems) line.int('items', this.items)
    line.error('error', error).msg(`failed ${this.call}`)
  }

  within<T>(step: () => T): T {
    const { trace } = this
    return frames.run(this, trace === undefined ? step : () => trace.run(step))
  }

  private elapsed(): number {
    return Math.round((this.log.ticks() - this.startedAt) * 1000) / 1000
  }

  private begin(level: LevelName): TypedLine | undefined {
    const line = this.log.at(level)
    if (line === undefined) return undefined
    line.string('call', this.call).int('depth', this.depth)
    if (this.caller !== undefined) line.string('caller', this.caller)
    const context = logContextOf(this.self)
    return context === undefined ? line : line.all(context)
  }
}

const LEVELS: readonly LevelName[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'panic']

/** The more severe of two levels. */
export function higherLevel(a: LevelName, b: LevelName): LevelName {
  return LEVELS.indexOf(a) > LEVELS.indexOf(b) ? a : b
}
