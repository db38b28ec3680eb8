import { BufferPool } from '../bytes/buffer-pool.js'
import { Level } from '../entry/level.js'
import { callback, checkOption } from '../options/check.js'
import type { Output } from '../outputs/output.js'
import { type ConformanceCase, must } from './conformance-case.js'

/** Below what test runners wait, so that it is the suite that tells. */
const SETTLE_MS = 4_000

/** An output under test, and the way to what it wrote. */
export interface OutputUnderTest {
  /** A new one, not opened yet. */
  readonly output: Output
  /** Everything written so far, as text. */
  written(): string | Promise<string>
}

/**
 * What an output must do, to be run in any test runner.
 *
 * @param make - A fresh output for each case, with nothing written yet.
 */
export function outputConformance(make: () => OutputUnderTest | Promise<OutputUnderTest>): ConformanceCase[] {
  checkOption('outputConformance(make)', make, callback)
  const use = async (
    test: (subject: OutputUnderTest, write: (line: string, level?: number) => void) => Promise<void>,
  ) => {
    const subject = await make()
    const { output } = subject
    output.open?.({ pool: new BufferPool(), report: () => undefined })
    await test(subject, (line, level = Level.info) => {
      output.begin().text(line)
      output.commit(level)
    })
    await settled('close', output.close())
  }
  return [
    {
      name: 'writes committed lines, whole and in order, by the time flush settles',
      run: () =>
        use(async (subject, write) => {
          for (let i = 0; i < 1000; i++) write(`line ${i}\n`)
          await settled('flush', subject.output.flush())
          const want = Array.from({ length: 1000 }, (_, i) => `line ${i}\n`).join('')
          must((await subject.written()).replace(/\n?$/, '\n') === want, 'lines are missing or out of order')
        }),
    },
    {
      name: 'never writes a line that was begun and not committed',
      run: () =>
        use(async (subject, write) => {
          write('first\n')
          subject.output.begin().text('half a li')
          subject.output.flushSync()
          write('second\n')
          await settled('flush', subject.output.flush())
          must((await subject.written()).replace(/\n?$/, '\n') === 'first\nsecond\n', await subject.written())
        }),
    },
    {
      name: 'keeps accepted = written + pending + failed, and accepts a line or says why not',
      run: () =>
        use(async (subject, write) => {
          for (let i = 0; i < 100; i++) {
            write(`line ${i}\n`)
            const { accepted, written, pending, failed, dropped } = subject.output.stats()
            must(accepted === written + pending + failed, JSON.stringify(subject.output.stats()))
            const gone = Object.values(dropped).reduce((sum, lines) => sum + lines, 0)
            must(accepted + gone === i + 1, `${i + 1} lines: ${JSON.stringify(subject.output.stats())}`)
          }
          await settled('flush', subject.output.flush())
          must(subject.output.stats().written === 100, JSON.stringify(subject.output.stats()))
        }),
    },
    {
      name: 'loses no line that comes while a flush is under way, and writes it by the end of the next',
      run: () =>
        use(async ({ output, written }, write) => {
          const first = Array.from({ length: 10 }, async (_, i) => {
            write(`line ${i}\n`)
            await output.flush()
            must((await written()).includes(`line ${i}`), `line ${i} was not there when its flush had settled`)
          })
          await settled('flush', Promise.all(first))
          const flushing = output.flush()
          await Promise.resolve() // it has begun, and is not over
          write('line 10\n')
          await settled('flush', Promise.all([flushing, output.flush()]))
          const want = Array.from({ length: 11 }, (_, i) => `line ${i}\n`).join('')
          must((await written()).replace(/\n?$/, '\n') === want, await written())
        }),
    },
    {
      name: 'counts as written what is written, and leaves nothing behind when it is closed',
      run: () =>
        use(async ({ output, written }, write) => {
          const check = async (when: string, count = output.stats().written): Promise<void> => {
            const there = (await written()).match(/^line \d+$/gm)?.length ?? 0
            must(there >= count, `${count} lines count as written ${when}, and ${there} are`)
          }
          for (let i = 0; i < 100; i++) write(`line ${i}\n`)
          await check('at once')
          output.flushSync()
          await check('after flushSync()')
          for (let i = 100; i < 200; i++) write(`line ${i}\n`)
          await settled('close', output.close())
          await check('after close()')
          const want = Array.from({ length: 200 }, (_, i) => `line ${i}\n`).join('')
          must((await written()).replace(/\n?$/, '\n') === want, 'lines are missing or out of order after close()')
          must(output.stats().written === 200, JSON.stringify(output.stats()))
        }),
    },
    {
      name: 'writes lines of any size whole',
      run: () =>
        use(async (subject, write) => {
          const lines = [0, 1, 1000, 70_000, 3].map((size, i) => `${String(i).repeat(size)}\n`)
          for (const line of lines) write(line)
          await settled('flush', subject.output.flush())
          must((await subject.written()).replace(/\n?$/, '\n') === lines.join(''), 'a line is torn or missing')
        }),
    },
    {
      name: 'settles two flushes at once, an idle flush and a second close',
      run: () =>
        use(async ({ output }, write) => {
          write('line\n')
          await settled('flush', Promise.all([output.flush(), output.flush()]))
          await settled('flush', output.flush())
          await settled('close', Promise.all([output.close(), output.close()]))
        }),
    },
    {
      name: 'takes a line after close without throwing, and counts it',
      run: () =>
        use(async ({ output }, write) => {
          await settled('close', output.close())
          const before = output.stats().accepted
          write('late\n')
          const { accepted, written, pending, failed } = output.stats()
          must(accepted === before + 1 && accepted === written + pending + failed, JSON.stringify(output.stats()))
        }),
    },
  ]
}

/** Rejects where a promise does not settle: whoever waits for it at the end of a program would wait for ever. */
async function settled(what: string, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}() did not settle in ${SETTLE_MS} ms`)), SETTLE_MS)
  })
  try {
    await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
