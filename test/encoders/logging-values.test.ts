import { describe, expect, it } from 'vitest'
import { createLogger, type Encoder, json, logfmt, type Logger, memory, pattern, pretty, sexpr } from 'wideline'
import { fixedClock } from 'wideline/testing'

const ENCODERS: Record<string, () => Encoder> = {
  json: () => json(),
  pino: () => json({ preset: 'pino' }),
  ecs: () => json({ preset: 'ecs' }),
  gcp: () => json({ preset: 'gcp' }),
  otel: () => json({ preset: 'otel' }),
  datadog: () => json({ preset: 'datadog' }),
  logfmt: () => logfmt(),
  pretty: () => pretty({ colour: false }),
  sexpr: () => sexpr(),
  pattern: () => pattern('%msg %fields%n'),
}

/** An object one of whose values is `third`, which may be read by a getter that does something first. */
function objectWith(before: () => void): object {
  return {
    first: 'one',
    second: 'two',
    get third() {
      before()
      return 3
    },
    fourth: ['four'],
  }
}

function written(encoder: Encoder, coalesces: boolean, inner: string | undefined): readonly string[] {
  const output = memory()
  const logger = createLogger({
    outputs: [{ output, encoder }],
    clock: fixedClock(),
    ...(coalesces ? { coalesce: {} } : {}),
  })
  const log = (): void => {
    if (inner !== undefined) logger.info('inner', { other: { secretly: inner, long: 'z'.repeat(2_000) } })
  }
  logger.info('outer', { object: objectWith(log), list: [objectWith(log)] })
  logger.flushSync()
  return output.lines
}

function linesOf(encoder: Encoder, before: (logger: Logger) => void): readonly string[] {
  const output = memory()
  const logger = createLogger({ outputs: [{ output, encoder }], clock: fixedClock() })
  let isFirst = true
  logger.info('outer', {
    object: objectWith(() => {
      if (isFirst) before(logger)
      isFirst = false
    }),
  })
  return output.lines
}

describe.each(Object.keys(ENCODERS))('with %s', (name) => {
  it.each([false, true])(
    'a value that logs while it is read leaves its own line as it is (coalesced: %s)',
    (coalesces) => {
      const make = ENCODERS[name]
      const [alone] = written(make(), coalesces, undefined)
      const lines = written(make(), coalesces, 'ANOTHER')
      expect(lines.filter((line) => line.includes('outer'))).toEqual([alone])
      expect(lines.filter((line) => line.includes('ANOTHER')).length).toBeGreaterThan(0)
      expect(alone).not.toContain('ANOTHER')
    },
  )

  it('a value that adds an output while it is read, which takes the name of its field, is written whole', () => {
    const [alone] = linesOf(ENCODERS[name](), () => undefined)
    const [line] = linesOf(ENCODERS[name](), (logger) => {
      logger.addOutput({ output: memory(), encoder: json({ keys: { level: 'object' } }) })
    })
    // The name may have been written by then, or not.
    expect(line.replaceAll('_object', 'object')).toBe(alone)
  })
})
