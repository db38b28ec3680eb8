import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Logger, UnitLog } from 'wideline'
import { runs } from '../runs.js'
import { API_VERSIONS, forgetApi, type Loaded, loadOn } from './apis.js'

// Whatever a program does, the ids on a line are those of the span that the API says is active, or else of the line's unit.

const SPANS = ['a', 'b', 'c', 'invalid', 'other key', 'root', 'undefined'] as const
const CALLS = ['message', 'fields', 'chain', 'error', 'secret', 'held', 'getter', 'proxy', 'other logger'] as const
const WAYS = ['await', 'turn', 'timeout', 'resource', 'emitter', 'own storage', 'exit'] as const
const CHANGES = ['ended', 'taken away', 'another'] as const

type Step =
  | { does: 'log'; call: (typeof CALLS)[number]; steps: Step[] }
  | { does: 'with'; span: (typeof SPANS)[number]; steps: Step[] }
  | { does: 'bind'; span: (typeof SPANS)[number]; steps: Step[] }
  | { does: 'call bound' }
  | { does: 'go'; way: (typeof WAYS)[number]; steps: Step[] }
  | { does: 'unit'; fails: boolean; steps: Step[] }
  | { does: 'manager'; change: (typeof CHANGES)[number] }

const programs = fc.letrec<{ steps: Step[]; step: Step }>((tie) => {
  const all = tie('steps')
  const does = <Name extends Step['does']>(...names: Name[]) => fc.constantFrom(...names)
  return {
    steps: fc.array(tie('step'), { maxLength: 5 }),
    step: fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
      { maxDepth: 4 },
      {
        weight: 4,
        arbitrary: fc.record({ does: does('log'), call: fc.constantFrom(...CALLS), steps: fc.constant([]) }),
      },
      { weight: 2, arbitrary: fc.record({ does: does('log'), call: fc.constantFrom(...CALLS), steps: all }) },
      { weight: 2, arbitrary: fc.record({ does: does('call bound') }) },
      { weight: 1, arbitrary: fc.record({ does: does('manager'), change: fc.constantFrom(...CHANGES) }) },
      { weight: 5, arbitrary: fc.record({ does: does('with', 'bind'), span: fc.constantFrom(...SPANS), steps: all }) },
      { weight: 3, arbitrary: fc.record({ does: does('go'), way: fc.constantFrom(...WAYS), steps: all }) },
      { weight: 2, arbitrary: fc.record({ does: does('unit'), fails: fc.boolean(), steps: all }) },
    ),
  }
}).steps

let running: Loaded | undefined

afterEach(() => {
  if (running !== undefined) forgetApi(running)
  running = undefined
})

describe.each(API_VERSIONS)('the ids of lines on API %s', (version) => {
  it('are those of the active span in any program', async () => {
    const loaded = await loadOn(version)
    await fc.assert(
      fc.asyncProperty(programs, async (program) => {
        running = loaded
        const run = new Run(loaded)
        await run.toEnd(program)
        forgetApi(loaded)
        expect(run.found()).toEqual(Object.fromEntries(run.expected))
      }),
      { numRuns: runs(40) },
    )
  })
})

class Run {
  /** Of each message. */
  readonly expected = new Map<string, string>()
  private readonly first
  private readonly second
  private manager = new AsyncLocalStorageContextManager().enable()
  private readonly app = new AsyncLocalStorage<number>()
  private readonly bound: (() => unknown)[] = []
  private readonly underWay: Promise<unknown>[] = []
  /** Lines whose fields are being read. */
  private reading = 0
  private lines = 0
  private stepsLeft = 200

  constructor(private readonly loaded: Loaded) {
    loaded.api.context.setGlobalContextManager(this.manager)
    this.first = this.capture()
    this.second = this.capture()
  }

  async toEnd(program: Step[]): Promise<void> {
    this.steps(program, this.first.logger, undefined)
    for (let i = 0; i < this.underWay.length; i++) await this.underWay[i]
  }

  found(): Record<string, string> {
    const lines = [this.first, this.second].flatMap(({ output }) => output.parsed())
    return Object.fromEntries(
      lines
        .map(
          ({ msg, trace_id, span_id }) =>
            [msg as string, trace_id === undefined ? 'none' : [trace_id, span_id].join(' ')] as const,
        )
        .filter(([msg]) => this.expected.has(msg)),
    )
  }

  private capture() {
    const output = this.loaded.wideline.memory()
    const encoder = this.loaded.wideline.json()
    const logger = this.loaded.wideline.createLogger({ outputs: [{ output, encoder, level: 'debug' }] })
    this.loaded.bridge.instrument(logger, { metrics: false })
    return { output, logger }
  }

  private steps(steps: Step[], logger: Logger, own: UnitLog | undefined): void {
    for (const step of steps) {
      if (--this.stepsLeft < 0) return
      const go = (): void => {
        if ('steps' in step) this.steps(step.steps, logger, own)
      }
      if (step.does === 'log') this.log(step.call, logger, own, go)
      else if (step.does === 'with') this.api.context.with(this.contextOf(step.span), go)
      else if (step.does === 'bind') this.bound.push(this.api.context.bind(this.contextOf(step.span), go))
      else if (step.does === 'call bound') this.bound.shift()?.()
      else if (step.does === 'go') this.go(step.way, go)
      else if (step.does === 'unit') this.unit(step, logger)
      else if (this.reading === 0) this.change(step.change)
    }
  }

  private get api() {
    return this.loaded.api
  }

  private log(call: (typeof CALLS)[number], logger: Logger, own: UnitLog | undefined, go: () => void): void {
    const id = `line ${++this.lines}`
    const isOther = call === 'other logger'
    this.expected.set(id, this.idsNow(isOther ? undefined : own))
    // Nobody takes it otherwise: of a unit that has ended it is not written either.
    if (call === 'held' && own?.open() === undefined) this.expected.delete(id)
    const read = (): number => {
      this.reading++
      go()
      return this.reading--
    }
    if (isOther) this.second.logger.info(id)
    else if (call === 'message') logger.info(id)
    else if (call === 'fields') logger.info(id, { n: 1 })
    else if (call === 'chain') logger.at('info')?.int('n', 1).msg(id)
    else if (call === 'error') logger.info(id, new Error('x'))
    else if (call === 'secret') logger.info(id, { password: 'x', trace_flags: '05' })
    else if (call === 'held') logger.debug(id, { n: 1 })
    else if (call === 'getter') logger.info(id, Object.defineProperty({}, 'n', { enumerable: true, get: read }))
    else logger.info(id, new Proxy({ n: 1 }, { get: (bag, key) => (key === 'n' ? read() : Reflect.get(bag, key)) }))
  }

  private unit({ fails, steps }: { fails: boolean; steps: Step[] }, logger: Logger): void {
    const job = (unit: UnitLog): void => {
      this.steps(steps, unit, unit)
      if (fails) throw new Error('failed')
    }
    // Its recorder writes all that it held, at a failure or not.
    try {
      logger.unit('job', { recorder: { when: () => true } }, job)
    } catch (error) {
      if (!fails) throw error
    }
  }

  private go(way: (typeof WAYS)[number], go: () => void): void {
    if (way === 'await') this.underWay.push(Promise.resolve().then(go))
    else if (way === 'turn') this.underWay.push(nextTurn().then(go))
    else if (way === 'timeout') this.underWay.push(sleep(0).then(go))
    else if (way === 'resource') new AsyncResource('test').runInAsyncScope(go)
    else if (way === 'own storage') this.app.run(1, go)
    else if (way === 'exit') this.app.exit(go)
    else this.api.context.bind(this.contextOf('c'), new EventEmitter()).on('x', go).emit('x')
  }

  private change(change: (typeof CHANGES)[number]): void {
    const { context } = this.api
    if (change === 'ended') this.manager.disable()
    else context.disable()
    if (change !== 'another') return
    // Each logger looks between the two.
    this.first.logger.info('between')
    this.second.logger.info('between')
    this.manager = new AsyncLocalStorageContextManager().enable()
    context.setGlobalContextManager(this.manager)
  }

  private idsNow(own: UnitLog | undefined): string {
    const { context, isSpanContextValid, trace } = this.api
    const active = trace.getSpanContext(context.active())
    const ids = active !== undefined && isSpanContextValid(active) ? active : own
    return ids === undefined ? 'none' : `${ids.traceId} ${ids.spanId}`
  }

  private contextOf(span: (typeof SPANS)[number]): Context {
    const { context, createContextKey, ROOT_CONTEXT, trace } = this.api
    const now = context.active()
    if (span === 'root') return ROOT_CONTEXT
    // As the official manager takes it.
    if (span === 'undefined') return undefined as never
    if (span === 'other key') return now.setValue(createContextKey('test'), 1)
    const traceId = span === 'invalid' ? 'none' : span.repeat(32)
    return trace.setSpanContext(now, { traceId, spanId: span.repeat(16).slice(0, 16), traceFlags: 1 })
  }
}
