import { expect, it, vi } from 'vitest'
import { createLogger, json, memory } from 'wideline'
import { ByteBuffer } from '../../src/bytes/byte-buffer.js'

// A stack that is full just there is too rare to be met: one in some thousand programs that fill it.
it('a full stack costs none of the lines that wait for a recorded one, and no buffer', () => {
  const output = memory()
  const logger = createLogger({ level: 'info', outputs: [{ output, encoder: json() }] })
  const copy = vi.spyOn(ByteBuffer.prototype, 'copyRange')
  const run = (): void =>
    logger.unit('job', { recorder: true }, (unit) => {
      unit.debug('outer', {
        get a() {
          for (let i = 0; i < 5; i++) unit.debug(`inner ${i}`)
          copy.mockImplementationOnce(() => {
            throw new RangeError('Maximum call stack size exceeded')
          })
          return 1
        },
      })
    })
  expect(run).toThrow(RangeError)
  copy.mockRestore()
  const names = output.lines.map((line) => (JSON.parse(line) as { msg: string }).msg)
  expect(names).toEqual(['outer', 'inner 0', 'inner 1', 'inner 2', 'inner 3', 'inner 4', 'unit failed'])
  expect(logger.stats().held.outstanding).toBe(0)
})
