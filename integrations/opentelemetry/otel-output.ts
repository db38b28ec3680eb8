import {
  ByteBuffer,
  DEFAULT_LIMITS,
  type Entry,
  OptionError,
  type Output,
  type OutputHost,
  type OutputStats,
  plainValues,
} from '../../src/index.js'
import { type LogEmitter, type LogProvider, type LogRecord, registeredProvider } from './logs-api.js'
import { recordOf } from './record-of-entry.js'
import { recordOfLine } from './record-of-line.js'
import { namesOf } from './trace-names.js'

/** Options of {@link otel}. */
export interface OtelOptions {
  /** Where the records go. Default: the provider that is registered with the API when a line is written. */
  readonly provider?: { getLogger(name: string, version?: string): object }
  /** Names of a request's wide line: those of the HTTP semantic conventions, or its own. Default `semantic`. */
  readonly names?: 'semantic' | 'own'
}

/** Scope of the records of a logger without a name. */
const NO_NAME = 'wideline'
/** How long the SDK may take to export what it holds: its own processors give up after half of that. */
const FLUSH_MS = 60_000
/** Scopes whose emitters are kept: names made of data must not fill the memory. */
const MAX_SCOPES = 1000

/** Hands entries to the Logs API. See {@link otel}. */
class OtelOutput implements Output {
  private readonly emitters = new Map<string, LogEmitter>()
  private emittersOf: LogProvider | undefined = undefined
  /** A line that comes as bytes. */
  private readonly line = new ByteBuffer(1024)
  private host: OutputHost | undefined = undefined
  private accepted = 0
  private failed = 0
  private withoutSdk = 0
  private isClosed = false

  constructor(
    private readonly given: LogProvider | undefined,
    private readonly isSemantic: boolean,
  ) {
    // Its code is read now, so that no line has to.
    plainValues(DEFAULT_LIMITS)
  }

  open(host: OutputHost): void {
    this.host ??= host
  }

  receive(entry: Entry): void {
    const emitter = this.emitterFor(entry.logger)
    if (emitter !== undefined) this.emit(emitter, recordOf(entry, this.isSemantic))
  }

  begin(): ByteBuffer {
    this.line.length = 0
    return this.line
  }

  /** A line that was held back as bytes, or came through an output in front of this one. */
  commit(level: number): void {
    const { logger, record } = recordOfLine(this.line.toString().trimEnd(), level, namesOf(this.host?.pool))
    const emitter = this.emitterFor(logger)
    if (emitter !== undefined) this.emit(emitter, record)
  }

  /** Has the SDK export what it holds. Rejects when it cannot, or is not done in a minute. */
  async flush(): Promise<void> {
    const flushed = this.provider()?.forceFlush?.()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`otel(): forceFlush() of the provider was not done within ${FLUSH_MS / 1000} s`))
      }, FLUSH_MS)
    })
    await Promise.race([flushed, late]).finally(() => clearTimeout(timer))
  }

  flushSync(): void {
    // The SDK exports asynchronously: there is no way to wait for it here.
  }

  /** Flushes. The SDK is the application's, and stays open. */
  async close(): Promise<void> {
    if (this.isClosed) return
    await this.flush().finally(() => {
      this.isClosed = true
    })
  }

  /** `written` is what the Logs API took: what the SDK's queue drops, the SDK counts. */
  stats(): OutputStats {
    const { accepted, failed, withoutSdk } = this
    const dropped = withoutSdk > 0 ? { disabled: withoutSdk } : {}
    return { accepted, written: accepted - failed, pending: 0, failed, dropped, bytes: 0 }
  }

  private provider(): LogProvider | undefined {
    return this.given ?? registeredProvider()
  }

  /** The emitter of a scope; undefined where nobody takes the line. */
  private emitterFor(logger: string): LogEmitter | undefined {
    if (this.isClosed) {
      this.accepted++
      this.failed++
      return undefined
    }
    const provider = this.provider()
    if (provider !== this.emittersOf) {
      this.emitters.clear()
      this.emittersOf = provider
    }
    const scope = logger === '' ? NO_NAME : logger
    let emitter = this.emitters.get(scope)
    if (emitter === undefined && provider !== undefined) {
      emitter = provider.getLogger(scope)
      if (this.emitters.size < MAX_SCOPES) this.emitters.set(scope, emitter)
    }
    if (emitter === undefined) this.withoutSdk++
    return emitter
  }

  private emit(emitter: LogEmitter, record: LogRecord): void {
    const { context, severityNumber } = record
    // Asked of the line's own place in a trace, as the SDK asks itself: the one that is active may be another.
    if (emitter.enabled?.({ context, severityNumber }) === false) {
      this.withoutSdk++
      return
    }
    this.accepted++
    try {
      const given: unknown = emitter.emit(record)
      // One that is async and fails must not end the process.
      if (given instanceof Promise) given.catch((problem: unknown) => this.refused(problem))
    } catch (problem) {
      this.refused(problem)
    }
  }

  private refused(problem: unknown): void {
    this.failed++
    this.host?.report(problem)
  }
}

const NAMES = ['provider', 'names']

/**
 * An output that hands entries to OpenTelemetry's Logs API as records, without making text of them: severity, body, typed
 * attributes, timestamp, `exception.*`, the span they belong to, and the logger's name as their scope. What exports them is
 * the SDK's affair: its processors, its queue, its exporters.
 *
 * Works with `@opentelemetry/api` 1.10 and later, whose root has the Logs API, and with `@opentelemetry/api-logs` beside an
 * older one. Lines written while no SDK is registered are counted as dropped, reason `disabled`.
 *
 * @throws OptionError for an option that cannot be used.
 * @example createLogger({ outputs: [stdout(), otel()] })
 */
export function otel(options: OtelOptions = {}): Output {
  OptionError.refuseUnknown('otel', options, NAMES)
  const { provider, names = 'semantic' } = options
  if (provider !== undefined && typeof provider?.getLogger !== 'function') {
    throw new OptionError('otel.provider', 'a LoggerProvider', provider)
  }
  if (names !== 'semantic' && names !== 'own') throw new OptionError('otel.names', "'semantic' or 'own'", names)
  return new OtelOutput(provider as LogProvider | undefined, names === 'semantic')
}
