import { setImmediate as nextTurn } from 'node:timers/promises'
import { PassThrough } from 'node:stream'
import { createLogger, file, type FileOptions, type Output, stream, worker } from 'wideline'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Shim, shimWrites, systemError } from './descriptor-faults.js'
import { freshPath } from './folder.js'

// A test that fakes timers may never move them on: what it waits for must come all the same.

let shim: Shim | undefined
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  shim?.restore()
})

const outputs: { name: string; make: (options?: FileOptions) => Output }[] = [
  { name: 'file()', make: (options) => file(freshPath(), options) },
  { name: 'worker()', make: (options) => worker(file(freshPath(), options)) },
]

for (const { name, make } of outputs) {
  it.each([{}, { buffer: 'block' }, { fsync: 'interval' }] as const)(
    `flush and close of ${name} with %o settle`,
    async (options) => {
      const output = make(options)
      const log = createLogger({ outputs: [output] })
      for (let round = 1; round <= 2; round++) {
        for (let i = 0; i < 2_000; i++) log.info('line', { i })
        await (round === 1 ? log.flush() : log.close())
        expect(output.stats()).toMatchObject({ written: 2_000 * round, pending: 0, failed: 0 })
      }
    },
  )
}

it.each(['file()', 'stream()'])('lines of %s go out at the end of their turn', async (name) => {
  const output = name === 'file()' ? file(freshPath()) : stream(new PassThrough())
  const log = createLogger({ outputs: [output] })
  log.info('line')
  await nextTurn()
  await nextTurn()
  expect(output.stats()).toMatchObject({ written: 1 })
  await log.close()
})

it('a descriptor that takes nothing for a moment is tried again', async () => {
  const output = file(freshPath())
  const log = createLogger({ outputs: [output] })
  let refusals = 3
  shim = shimWrites((write, ...call) => {
    if (refusals-- > 0) throw systemError('EAGAIN')
    return write(...call)
  })
  log.warn('line')
  await log.close()
  expect(output.stats()).toMatchObject({ written: 1, pending: 0, failed: 0 })
})
