import fs from 'node:fs'
import { type CallTrace, type FinishedUnit, OptionError, type UnitLog } from '../../src/index.js'
import { shownName, shownOf } from './shown.js'

/** Options of {@link timeline}. */
export interface TimelineOptions {
  /** Requests, units and calls kept, the newest. Integer from 1 to 1000000. Default 10000. */
  readonly maxSlices?: number
}

/** A stretch of time on a timeline, in microseconds since the timeline began and parts of them. */
interface Slice {
  readonly name: string
  readonly kind: 'request' | 'unit' | 'call'
  readonly trace: string
  readonly start: number
  readonly end: number
  readonly args: Readonly<Record<string, unknown>>
}

/** One event in the trace event format. */
export interface TraceEvent {
  /** What is shown on it. */
  readonly name: string
  /** A category to filter by. */
  readonly cat: string
  /** `X` is a stretch of time, `M` names a track. */
  readonly ph: 'X' | 'M'
  /** Microseconds. */
  readonly ts: number
  /** Microseconds it took. */
  readonly dur?: number
  /** The process it belongs to. */
  readonly pid: number
  /** The track. */
  readonly tid: number
  /** What is shown when it is chosen. */
  readonly args: Readonly<Record<string, unknown>>
}

/**
 * Notes when requests, units and calls of `@Logged` methods began and ended, and writes that in the trace event format,
 * which Perfetto and Chrome's `about:tracing` open. See {@link timeline}.
 */
export class Timeline {
  private readonly slices: Slice[] = []
  /** Where the next slice goes, once all places are taken. */
  private next = 0
  private readonly began = performance.now()
  private readonly starts = new WeakMap<UnitLog, number>()
  /** Slices that had to make room for newer ones. */
  dropped = 0

  constructor(private readonly maxSlices: number) {}

  /** @internal */
  started(log: UnitLog): void {
    this.starts.set(log, this.now())
  }

  /** @internal */
  finished(unit: FinishedUnit, log: UnitLog): void {
    const end = this.now()
    const start = this.starts.get(log) ?? end - unit.durationMs * 1000
    const { traceId, spanId } = log.traceContext
    const { kind, outcome, status, route } = unit
    const requestId = shownOf(unit, 'requestId')
    const url = shownOf(unit, 'url')
    const name = kind === 'unit' ? shownName(unit.name, unit.fields.table) : unit.name
    const args: Record<string, unknown> = { traceId, spanId, outcome }
    if (requestId !== undefined) args['requestId'] = requestId
    if (status !== undefined) args['status'] = status
    if (route !== undefined && route !== '') args['route'] = route
    if (url !== undefined) args['url'] = url
    this.add({ name, kind, trace: traceId, start, end, args })
  }

  /** @internal */
  begin(call: string, traceId: string): CallTrace {
    const start = this.now()
    return {
      run: (step) => step(),
      end: (hasFailed) => {
        this.add({ name: call, kind: 'call', trace: traceId, start, end: this.now(), args: { traceId, hasFailed } })
      },
    }
  }

  /** What was noted so far, as trace events: each trace has a track, and more of them for what ran side by side. */
  events(): TraceEvent[] {
    const events: TraceEvent[] = []
    const tracks = new Map<string, number[][]>()
    let tid = 0
    const tids = new Map<number[], number>()
    // By the parts of microseconds, too: what is within another may begin and end in the same ones.
    const inOrder = this.slices.toSorted((a, b) => a.start - b.start || b.end - a.end)
    for (const slice of inOrder) {
      const { name, kind, args } = slice
      // Whole ones, so that what begins and ends together stays so.
      const [start, end] = [Math.round(slice.start), Math.round(slice.end)]
      let ofTrace = tracks.get(slice.trace)
      if (ofTrace === undefined) {
        ofTrace = []
        tracks.set(slice.trace, ofTrace)
      }
      let track = ofTrace.find((open) => fits(open, start, end))
      if (track === undefined) {
        track = []
        ofTrace.push(track)
        tids.set(track, ++tid)
        events.push(trackName(tid, `${name} ${slice.trace.slice(0, 8)}`))
      }
      track.push(end)
      events.push({
        name,
        cat: kind,
        ph: 'X',
        ts: start,
        dur: end - start,
        pid: process.pid,
        tid: tids.get(track)!,
        args,
      })
    }
    return events
  }

  /** The whole as text: the content of a `trace.json`. */
  toString(): string {
    return JSON.stringify({ displayTimeUnit: 'ms', traceEvents: this.events() })
  }

  /** Writes a `trace.json`, to be opened in https://ui.perfetto.dev or about:tracing. */
  writeFile(path: string): void {
    fs.writeFileSync(path, this.toString(), { mode: 0o640 })
  }

  private add(slice: Slice): void {
    if (this.slices.length < this.maxSlices) {
      this.slices.push(slice)
      return
    }
    this.slices[this.next] = slice
    this.next = (this.next + 1) % this.maxSlices
    this.dropped++
  }

  private now(): number {
    return (performance.now() - this.began) * 1000
  }
}

/** Whether a slice lies within what is open on a track, of which the ends are known, or after all of it. */
function fits(track: number[], start: number, end: number): boolean {
  while (track.length > 0 && track[track.length - 1] <= start) track.pop()
  return track.length === 0 || end <= track[track.length - 1]
}

function trackName(tid: number, name: string): TraceEvent {
  return { name: 'thread_name', cat: '__metadata', ph: 'M', ts: 0, pid: process.pid, tid, args: { name } }
}

/**
 * A timeline of what the program did, to look at one request's time: give it to `instrument`, and write it to a file when
 * there is something to see.
 *
 * @throws OptionError for an option that cannot be used.
 * @example
 * const time = timeline()
 * instrument(log, { timeline: time })
 * process.once('SIGUSR2', () => time.writeFile('trace.json'))
 */
export function timeline(options: TimelineOptions = {}): Timeline {
  OptionError.refuseUnknown('timeline', options, ['maxSlices'])
  const { maxSlices = 10_000 } = options
  if (!Number.isInteger(maxSlices) || maxSlices < 1 || maxSlices > 1_000_000) {
    throw new OptionError('timeline.maxSlices', 'an integer from 1 to 1000000', maxSlices)
  }
  return new Timeline(maxSlices)
}
