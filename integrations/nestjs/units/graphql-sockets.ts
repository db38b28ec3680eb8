import { type Logger, runWithLog, type UnitLog } from '../../../src/index.js'
import { noteFailure } from '../requests/claimed-errors.js'
import { noteOperation, type Operation, ownOperation } from './graphql-operations.js'

/** A connection of `graphql-ws`, which tells its operations apart by their ids. */
interface Connection {
  readonly extra?: { readonly socket?: Socket }
}

/** What is used of a socket, where it is one of `ws`. */
interface Socket {
  once?(event: 'close', listener: (code: unknown) => void): unknown
}

/** By this `graphql-ws` closes a connection when something throws that it has no answer to, such as a text that does not parse. */
const INTERNAL_ERROR = 4500

/** What is used of the options of `graphql-ws`. */
interface SocketOptions {
  readonly context?: unknown
  onSubscribe?(connection: Connection, id: string, payload: unknown): unknown
  onNext?(connection: Connection, id: string, payload: unknown, args: ExecutionArgs, result: Result): unknown
  onError?(connection: Connection, id: string, payload: unknown, errors: readonly Failure[]): unknown
  onComplete?(connection: Connection, id: string, payload: unknown): unknown
  onClose?(connection: Connection, ...rest: unknown[]): unknown
}

/** What is used of the options of `@nestjs/graphql`, once they are complete. */
interface GraphqlOptions {
  readonly context?: unknown
  readonly installSubscriptionHandlers?: boolean
  subscriptions?: { readonly 'graphql-ws'?: SocketOptions | true; readonly context?: unknown }
}

/** What is used of a GraphQL driver of Nest's. It is replaced on the instance. */
export interface GraphqlDriver {
  start(options: GraphqlOptions): unknown
}

interface ExecutionArgs {
  document: { readonly definitions: readonly (Operation & { readonly kind: string })[] }
  readonly operationName?: string | null
  readonly contextValue?: unknown
}

interface Result {
  readonly errors?: readonly Failure[]
}

interface Failure {
  readonly originalError?: unknown
}

/** Has each operation that comes over a socket be a unit, from its message to its end. */
export function followSockets(driver: GraphqlDriver, logger: Logger): void {
  const { start } = driver
  driver.start = (options) => {
    const { installSubscriptionHandlers, context } = options
    const given = options.subscriptions ?? (installSubscriptionHandlers === true ? { 'graphql-ws': true } : undefined)
    const own = given?.['graphql-ws']
    if (own !== undefined) {
      const settings = { context: given?.context ?? context, ...(own === true ? {} : own) }
      options.subscriptions = { ...given, 'graphql-ws': { ...settings, ...hooksOf(settings, logger) } }
    }
    return start.call(driver, options)
  }
}

/** The hooks of the application, each with what we do before it. */
function hooksOf(own: SocketOptions, logger: Logger): SocketOptions {
  const operations = new SocketOperations(logger)
  const { context } = own
  return {
    onSubscribe: async (connection, id, payload) => {
      const operation = operations.begin(connection, id)
      const args = await operation.run(() => own.onSubscribe?.(connection, id, payload))
      // Where the application brings its own context, nobody asks for one.
      return isExecution(args) && 'contextValue' in args ? operation.bind({ ...args }) : args
    },
    context: (connection: Connection, id: string, payload: unknown, args: ExecutionArgs): unknown => {
      const operation = operations.of(connection, id)
      operation?.bind(args)
      const given = (): unknown => (typeof context === 'function' ? context(connection, id, payload, args) : context)
      return operation === undefined ? given() : operation.run(given)
    },
    onNext: (connection, id, payload, args, result) => {
      operations.of(connection, id)?.next(result)
      return own.onNext?.(connection, id, payload, args, result)
    },
    onError: (connection, id, payload, errors) => {
      operations.of(connection, id)?.fail(errors)
      operations.end(connection, id)
      return own.onError?.(connection, id, payload, errors)
    },
    onComplete: (connection, id, payload) => {
      operations.end(connection, id)
      return own.onComplete?.(connection, id, payload)
    },
    onClose: (connection, ...rest) => {
      operations.endAll(connection, rest[0] === INTERNAL_ERROR)
      return own.onClose?.(connection, ...rest)
    },
  }
}

/** An operation under way. */
class SocketOperation {
  readonly unit: UnitLog
  end: () => void = () => undefined
  private events = 0
  private isSubscription = false

  constructor(logger: Logger) {
    let opened: UnitLog | undefined
    // Clients name their operations as they like: the name is a field, and the unit has one for all.
    void logger.unit('graphql', { fields: { kind: 'graphql' } }, (unit) => {
      opened = unit
      return new Promise<void>((resolve) => {
        this.end = () => {
          if (this.isSubscription && !unit.isClosed) unit.fields.int('events', this.events)
          resolve()
        }
      })
    })
    this.unit = opened!
  }

  /** Runs a part of the application in it. */
  async run(part: () => unknown): Promise<unknown> {
    try {
      return await runWithLog(this.unit, part)
    } catch (error) {
      noteFailure(this.unit, error)
      this.end()
      throw error
    }
  }

  /** Gives the operation a node of its own in its document, which may be kept and shared: by it its resolvers know it. */
  bind(args: ExecutionArgs): ExecutionArgs {
    const operations = args.document.definitions.filter(({ kind }) => kind === 'OperationDefinition')
    const wanted = args.operationName ?? undefined
    const meant = operations.find(({ name }) => wanted === undefined || name?.value === wanted)
    if (meant === undefined) return args
    const own = { ...meant }
    ownOperation(own, this.unit)
    noteOperation(this.unit, own)
    this.isSubscription = own.operation === 'subscription'
    args.document = {
      ...args.document,
      definitions: args.document.definitions.map((each) => (each === meant ? own : each)),
    }
    return args
  }

  next({ errors }: Result): void {
    this.events++
    if (errors !== undefined) this.fail(errors)
  }

  fail(errors: readonly Failure[]): void {
    for (const error of errors) noteFailure(this.unit, error.originalError ?? error)
  }
}

/** The operations that come over the sockets of one application. */
class SocketOperations {
  private readonly open = new WeakMap<Connection, Map<string, SocketOperation>>()

  constructor(private readonly logger: Logger) {}

  begin(connection: Connection, id: string): SocketOperation {
    this.end(connection, id)
    let open = this.open.get(connection)
    if (open === undefined) {
      this.open.set(connection, (open = new Map()))
      // Before it tells of the close, `graphql-ws` waits for subscriptions, and one that waits for its next event waits on.
      connection.extra?.socket?.once?.('close', (code) => this.endAll(connection, code === INTERNAL_ERROR))
    }
    const operation = new SocketOperation(this.logger)
    open.set(id, operation)
    return operation
  }

  of(connection: Connection, id: string): SocketOperation | undefined {
    return this.open.get(connection)?.get(id)
  }

  end(connection: Connection, id: string): void {
    const open = this.open.get(connection)
    open?.get(id)?.end()
    open?.delete(id)
  }

  /** Ends what is left of a connection that is closed. What threw is told to nobody but the console. */
  endAll(connection: Connection, hasThrown: boolean): void {
    for (const [id, operation] of this.open.get(connection) ?? []) {
      if (hasThrown) operation.fail([{ originalError: new Error('graphql-ws closed the connection: internal error') }])
      this.end(connection, id)
    }
  }
}

function isExecution(value: unknown): value is ExecutionArgs {
  return typeof value === 'object' && value !== null && 'document' in value
}
