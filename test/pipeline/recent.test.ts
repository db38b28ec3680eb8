import { describe, expect, it } from 'vitest'
import { createLogger, file, json, memory, recent } from 'wideline'
import { outputConformance } from 'wideline/testing'
import { capture } from '../logger/capture.js'

function messages(lines: readonly string[]): unknown[] {
  return lines.map((line) => (JSON.parse(line) as Record<string, unknown>)['msg'])
}

describe('the recent ring', () => {
  it('keeps the last hundred lines, the oldest first', () => {
    const ring = recent()
    const { logger } = capture()
    logger.addOutput(ring)
    for (let i = 0; i < 250; i++) logger.info(`m${i}`)
    expect(messages(ring.show())).toEqual(Array.from({ length: 100 }, (_, i) => `m${150 + i}`))
    expect(ring.stats()).toMatchObject({ accepted: 250, written: 250 })
  })

  it('shows by level, by name and below it, by filter, and so many of the newest', () => {
    const ring = recent({ lines: 10 })
    const { logger } = capture()
    logger.addOutput(ring)
    logger.debug('1')
    logger.getLogger('app').warn('2', { durationMs: 900 })
    logger.getLogger('app.db').info('3', { durationMs: 5 })
    logger.getLogger('application').error('4')
    expect(messages(ring.show({ level: 'warn' }))).toEqual(['2', '4'])
    expect(messages(ring.show({ logger: 'app' }))).toEqual(['2'])
    expect(messages(ring.show({ logger: 'app.*' }))).toEqual(['2', '3'])
    expect(messages(ring.show({ filter: 'durationMs > 500 or level = error' }))).toEqual(['2', '4'])
    expect(messages(ring.show({ filter: "msg = '3' and time > '2025-01-01' and not toString exists" }))).toEqual(['3'])
    expect(messages(ring.show({ last: 2 }))).toEqual(['3', '4'])
    expect(ring.show({ logger: 'nowhere' })).toEqual([])
  })

  it('greps for a text in any case, or for a pattern, also one that remembers its place', () => {
    const ring = recent()
    const { logger } = capture()
    logger.addOutput(ring)
    for (const text of ['Connection timeout', 'ok', 'read TIMEOUT']) logger.info(text, { of: { deep: text.length } })
    expect(messages(ring.grep('timeout'))).toEqual(['Connection timeout', 'read TIMEOUT'])
    expect(messages(ring.grep('timeout', { last: 1 }))).toEqual(['read TIMEOUT'])
    expect(messages(ring.grep(/"deep":2\b/g))).toEqual(['ok'])
    expect(messages(ring.grep(/timeout/gi))).toEqual(['Connection timeout', 'read TIMEOUT'])
  })

  it('keeps what its own filter and level let through', () => {
    const ring = recent({ filter: 'level >= warn' })
    const { logger } = capture()
    logger.addOutput(ring)
    logger.info('no')
    logger.error('yes')
    expect(messages(ring.show())).toEqual(['yes'])
  })

  it('holds no secrets', () => {
    const ring = recent()
    const { logger } = capture({ redact: ['user.email'] })
    logger.addOutput(ring)
    logger.info('m', { password: 'hunter2', user: { email: 'ann@example.org' } })
    expect(ring.show().join()).not.toMatch(/hunter2|ann@/)
  })

  it('is there for the loggers it was given to, until it is taken out', () => {
    const ring = recent()
    const { logger, lines } = capture()
    const stop = logger.addOutput(ring)
    logger.info('1')
    stop()
    logger.info('2')
    expect(messages(ring.show())).toEqual(['1'])
    expect(lines()).toHaveLength(2)
    ring.clear()
    expect(ring.show()).toEqual([])
  })

  it('keeps a line whole that a value logs while another is read', () => {
    const ring = recent()
    const { logger } = capture()
    logger.addOutput(ring)
    logger.info('outer', {
      get value(): string {
        logger.info('inner')
        return 'read'
      },
    })
    expect(messages(ring.show())).toContain('outer')
    expect(ring.show().every((line) => line.endsWith('}'))).toBe(true)
  })

  it('lets go of the memory of a large line', () => {
    const ring = recent({ lines: 1 })
    const { logger } = capture()
    logger.addOutput(ring)
    logger.info('m', { text: 'x'.repeat(60_000) })
    logger.info('m')
    const slots = (ring as unknown as { slots: { buffer: { bytes: Uint8Array } }[] }).slots
    expect(slots[0].buffer.bytes.length).toBeLessThan(1000)
  })

  it.each([
    { make: () => recent({ lines: 0 }), want: 'recent.lines must be an integer from 1' },
    { make: () => recent({ filter: 'a =' }), want: 'recent.filter, column 4, must be a value' },
    {
      make: () => createLogger({ outputs: [memory()] }).hold({ filter: 'a =' }),
      want: 'hold.filter, column 4, must be a value',
    },
    { make: () => recent().show({ level: 'loud' as never }), want: "show.level must be 'trace'" },
    { make: () => recent().show({ lines: 1 } as never), want: 'show.lines must be' },
  ])('refuses $want', ({ make, want }) => {
    expect(make).toThrow(want)
  })

  it('stands beside other outputs', () => {
    const ring = recent()
    const output = memory()
    const log = createLogger({ outputs: [ring, { output, encoder: json() }, file('/dev/null')] })
    log.info('m')
    expect([ring.show().length, output.lines.length]).toEqual([1, 1])
  })
})

describe('as an output it', () => {
  const cases = outputConformance(() => {
    const output = recent({ lines: 10_000 })
    return {
      output,
      written: () =>
        output
          .show()
          .map((line) => `${line}\n`)
          .join(''),
    }
  })
  it.each(cases)('$name', async ({ run }) => {
    await expect(Promise.resolve(run())).resolves.toBeUndefined()
  })
})
