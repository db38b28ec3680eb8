import { allocate } from '../bytes/native-buffer.js'
import { unitAt } from '../bytes/unit-at.js'
import { isTracestate } from './tracestate.js'

/** The caller records this trace. */
export const SAMPLED = 1
/** The trace id is random: W3C trace context, level 2. */
const RANDOM = 2

const TRACEPARENT_LENGTH = 55
const TRACE_ID_LENGTH = 32
const SPAN_ID_LENGTH = 16
const NO_TRACE_ID = '0'.repeat(TRACE_ID_LENGTH)
const NO_SPAN_ID = '0'.repeat(SPAN_ID_LENGTH)

/**
 * Where a piece of work stands in a trace.
 *
 * @see [W3C Trace Context](https://www.w3.org/TR/trace-context/)
 */
export class TraceContext {
  constructor(
    /** 32 lower-case hexadecimal digits. */
    readonly traceId: string,
    /** This work's own span: 16 lower-case hexadecimal digits. */
    readonly spanId: string,
    /** The span that asked for it; empty at the root of a trace. */
    readonly parentSpanId: string,
    /** 1: sampled. 2: the trace id is random. */
    readonly flags: number,
    /** What other systems along the way noted, as it came; empty for nothing. */
    readonly tracestate: string,
  ) {}

  /** The root of a new trace. */
  static root(): TraceContext {
    return new TraceContext(newId(traceDigits), newId(spanDigits), '', SAMPLED | RANDOM, '')
  }

  /**
   * The context of work that a caller asked for, by its headers; a new root where they are missing or not well-formed,
   * as the specification has it.
   */
  static of(traceparent: unknown, tracestate: unknown): TraceContext {
    if (!isTraceparent(traceparent)) return TraceContext.root()
    return new TraceContext(
      traceparent.slice(3, 35),
      newId(spanDigits),
      traceparent.slice(36, 52),
      parseInt(traceparent.slice(53, 55), 16) & (SAMPLED | RANDOM),
      isTracestate(tracestate) ? tracestate : '',
    )
  }

  /** The context of work within this one. */
  child(): TraceContext {
    return new TraceContext(this.traceId, newId(spanDigits), this.spanId, this.flags, this.tracestate)
  }

  /** The flags as two hexadecimal digits. */
  get traceFlags(): string {
    return `0${this.flags}`
  }

  /** The `traceparent` header for what this work asks of others. */
  get traceparent(): string {
    return `00-${this.traceId}-${this.spanId}-${this.traceFlags}`
  }
}

/**
 * Whether a `traceparent` header is well-formed: version 00 and nothing more, or a later version that begins like it;
 * lower-case digits; no id of zeros alone.
 */
export function isTraceparent(header: unknown): header is string {
  if (typeof header !== 'string' || header.length < TRACEPARENT_LENGTH) return false
  if (!isHex(header, 0, 2) || !isHex(header, 3, 35) || !isHex(header, 36, 52) || !isHex(header, 53, 55)) return false
  if (header[2] !== '-' || header[35] !== '-' || header[52] !== '-') return false
  if (header.startsWith('ff')) return false
  if (header.length > TRACEPARENT_LENGTH && (header.startsWith('00') || header[TRACEPARENT_LENGTH] !== '-'))
    return false
  return !header.startsWith(NO_TRACE_ID, 3) && !header.startsWith(NO_SPAN_ID, 36)
}

function isHex(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const unit = unitAt(text, i)
    if (!((unit >= 0x30 && unit <= 0x39) || (unit >= 0x61 && unit <= 0x66))) return false
  }
  return true
}

/** Random bytes, many at a time: to ask the system for an id's takes a microsecond each time. */
const random = allocate(4_096)
let used = random.length
const DIGITS = Buffer.from('0123456789abcdef')
const traceDigits = new Array<number>(TRACE_ID_LENGTH).fill(0)
const spanDigits = new Array<number>(SPAN_ID_LENGTH).fill(0)

/** An id of as many digits as there are places, not all of them zeros. */
function newId(places: number[]): string {
  const { length } = places
  let sum: number
  do {
    if (used + length / 2 > random.length) {
      process.getBuiltinModule('node:crypto').randomFillSync(random) // not imported: loading it takes milliseconds
      used = 0
    }
    sum = 0
    for (let i = 0; i < length; i += 2) {
      const byte = random[used++]
      sum += byte
      places[i] = DIGITS[byte >> 4]
      places[i + 1] = DIGITS[byte & 15]
    }
  } while (sum === 0)
  // One text of its own, as in sortableIds().
  return String.fromCharCode(...places)
}
