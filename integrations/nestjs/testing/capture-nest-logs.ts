import { setImmediate } from 'node:timers/promises'
import type { LoggerOptions } from '../../../src/index.js'
import { type CapturedLogs, captureLogs, logMatchers } from '../../../src/testing/index.js'
import type { Outcome } from '../../http/index.js'
import { LOGGER, NestLogger } from '../index.js'

/** A wide line, as a test looks at it: what each has, and whatever was set on it. */
export interface WideLine {
  /** From the outcome. */
  readonly level: string
  /** Its message. */
  readonly msg: string
  /** How the request ended. */
  readonly outcome: Outcome
  /** Milliseconds it took. */
  readonly durationMs: number
  /** The request's id. */
  readonly requestId?: string
  /** As in `GET`. */
  readonly method?: string
  /** Without query values. */
  readonly url?: string
  /** The template of the route, such as `/orders/:id`. */
  readonly route?: string
  /** Of the response. */
  readonly status?: number
  /** The class's name. */
  readonly controller?: string
  /** The method's name. */
  readonly handler?: string
  /** What it failed with. */
  readonly error?: { readonly type: string; readonly message: string; readonly stack?: string }
  /** A field that was set or declared. */
  readonly [field: string]: unknown
}

/** Values that a line must have, by key, as `fields` of `expectLine()`: patterns and a runner's matchers count. */
export type LineLike = Readonly<Record<string, unknown>>

/** What is used of `Test.createTestingModule()`. */
export interface TestingBuilder {
  /** As Nest has it. */
  overrideProvider(token: unknown): { useValue(value: unknown): unknown }
  /** As Nest has it. */
  setLogger(logger: NestLogger): unknown
}

/** The lines of an application under test. */
export interface CapturedNestLogs extends CapturedLogs {
  /** Has the application that is built write here, whatever its own options say: its loggers, and Nest's. */
  into<Builder extends TestingBuilder>(builder: Builder): Builder
  /**
   * The first line like this, now or when it comes.
   *
   * @throws Error that shows the lines there are, when none like it comes in time.
   */
  line<Line = Record<string, unknown>>(like: LineLike): Promise<Line>
  /** The first wide line like this, now or when it comes: the response is with its client before its line is written. */
  wideLine(like?: Partial<WideLine>): Promise<WideLine>
}

/**
 * Keeps the lines of a Nest application under test.
 *
 * @param options - As for `createLogger()`; `outputs` is taken. Default: every level is on.
 * @param patienceMs - How long a line is waited for, in milliseconds. Less than a runner gives a test, so that it is heard why.
 * @example
 * const logs = captureNestLogs()
 * const module = await logs.into(Test.createTestingModule({ imports: [AppModule] })).compile()
 * // … supertest …
 * expect(await logs.wideLine({ route: '/orders/:id' })).toMatchObject({ status: 200, orderId: 42 })
 * @publicApi
 */
export function captureNestLogs(options: Omit<LoggerOptions, 'outputs'> = {}, patienceMs = 2_000): CapturedNestLogs {
  const logs = captureLogs(options)
  const line = async (like: LineLike, isWide: boolean): Promise<Record<string, unknown>> => {
    const deadline = performance.now() + patienceMs
    for (;;) {
      const found = logs.parsed().find((each) => (!isWide || 'outcome' in each) && isLike(each, like))
      if (found !== undefined) return found
      if (performance.now() > deadline) throw new Error(`no ${problem(like, isWide, logs.lines)}`)
      await setImmediate()
    }
  }
  return {
    ...logs,
    into: (builder) => {
      builder.overrideProvider(LOGGER).useValue(logs.logger)
      builder.setLogger(new NestLogger(logs.logger))
      return builder
    },
    line: <Line>(like: LineLike) => line(like, false) as Promise<Line>,
    wideLine: (like = {}) => line(like, true) as Promise<unknown> as Promise<WideLine>,
  }
}

function isLike(line: Readonly<Record<string, unknown>>, like: LineLike): boolean {
  return logMatchers.toHaveLine([line], { fields: like }).pass
}

function problem(like: LineLike, isWide: boolean, lines: readonly string[]): string {
  const there = lines.length === 0 ? 'There is none.' : `There are:\n${lines.map((each) => `  ${each}`).join('\n')}`
  return `${isWide ? 'wide line' : 'line'} like ${JSON.stringify(like)} came in time. ${there}`
}
