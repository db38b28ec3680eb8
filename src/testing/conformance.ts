import { BufferPool } from '../bytes/buffer-pool.js'
import { ByteBuffer } from '../bytes/byte-buffer.js'
import type { Encoder } from '../encoders/encoder.js'
import { Context } from '../entry/context.js'
import { Entry } from '../entry/entry.js'
import { Fields } from '../entry/fields.js'
import { KeyTable } from '../entry/key.js'
import { Level } from '../entry/level.js'
import type { Output } from '../outputs/output.js'

/** One thing that every encoder, or every output, must do. Its `run` throws where it is not done. */
export interface ConformanceCase {
  /** A sentence: what holds. */
  readonly name: string
  /** Throws, or rejects, where it does not hold. */
  run(): void | Promise<void>
}

/** An output under test, and the way to what it wrote. */
export interface OutputUnderTest {
  /** A new one, not opened yet. */
  readonly output: Output
  /** Everything written so far, as text. */
  written(): string | Promise<string>
}

const HOSTILE = [
  'line\nbreak',
  'cr\rreturn',
  'esc\u001b[31m',
  'ls\u2028ps\u2029',
  'bidi\u202e',
  'c1\u0085',
  'del\u007f',
  'lone\ud800',
]

/**
 * What an encoder must do, to be run in any test runner.
 *
 * @example for (const { name, run } of encoderConformance(() => json())) it(name, run)
 */
export function encoderConformance(make: () => Encoder): ConformanceCase[] {
  return [
    {
      name: 'ends every entry with one newline',
      run: () => {
        const text = encodeWith(make(), (entry) => entry.string('key', 'value'))
        must(text.endsWith('\n') && !text.endsWith('\n\n'), `ended with ${JSON.stringify(text.slice(-2))}`)
      },
    },
    {
      name: 'appends after what the buffer holds already',
      run: () => {
        const { encoder, entry, out } = setUp(make())
        out.text('before')
        encoder.encode(entry, out)
        must(out.toString().startsWith('before') && out.length > 6, `wrote ${JSON.stringify(out.toString())}`)
      },
    },
    {
      name: 'writes the same bytes for the same entry, again and again',
      run: () => {
        const { encoder, entry, out } = setUp(make())
        entry.string('key', 'value').int('count', 3)
        encoder.encode(entry, out)
        const first = out.toString()
        encoder.encode(entry, out)
        must(out.toString(first.length) === first, 'the second line differs')
      },
    },
    {
      name: 'grows a buffer that is too small',
      run: () => {
        const { encoder, entry } = setUp(make())
        const out = new ByteBuffer(4)
        entry.string('key', 'long value '.repeat(50))
        encoder.encode(entry, out)
        must(out.toString().includes('long value long value'), 'the value is not there')
      },
    },
    {
      name: 'lets no message, key or value forge a line or drive a terminal',
      run: () => {
        for (const text of HOSTILE) {
          const line = encodeWith(make(), (entry) => {
            entry.string(text, text).any(`any ${text}`, { [text]: [text] })
            entry.message = text
          })
          const rest = line
            .trimEnd()
            .replace(/\n(?= {4})/g, '')
            // oxlint-disable-next-line no-control-regex
            .replace(/\u001b\[[0-9;]*m/g, '')
          // oxlint-disable-next-line no-control-regex
          const raw = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.exec(rest)
          must(raw === null, `${JSON.stringify(text)} left ${JSON.stringify(raw?.[0])} in ${JSON.stringify(line)}`)
          must(!line.includes('esc\u001b[31m'), 'a colour came through')
        }
      },
    },
    {
      name: 'writes a context and a line with the same key once, the line first',
      run: () => {
        const table = new KeyTable({ secrets: [], reserved: make().reservedKeys })
        const fields = new Fields(table).string('shared', 'outer').string('kept', 'context')
        const { encoder, out, entry } = setUp(make(), table)
        entry.context = new Context(fields)
        entry.string('shared', 'inner')
        encoder.encode(entry, out)
        const text = out.toString()
        must(text.includes('inner') && !text.includes('outer') && text.includes('context'), text)
      },
    },
    {
      name: 'writes every kind of field, and never throws for a hostile value',
      run: () => {
        const cycle: Record<string, unknown> = {}
        cycle['self'] = cycle
        const hostile = new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('no keys')
            },
            getPrototypeOf: () => {
              throw new Error('no prototype')
            },
          },
        )
        const text = encodeWith(make(), (entry) => {
          entry.string('s', 'text').int('i', 1).float('f', 1.5).bool('b', true).bigint('n', 12n)
          entry
            .timestamp('t', 0)
            .duration('d', 2.25)
            .error('e', new Error('failed', { cause: 'why' }))
          entry
            .any('a', { deep: [1] })
            .any('cycle', cycle)
            .any('hostile', hostile)
        })
        for (const part of ['text', '1.5', '12', '2.25', 'failed', 'deep'])
          must(text.includes(part), `${part} is missing in ${text}`)
      },
    },
  ]
}

/**
 * What an output must do, to be run in any test runner.
 *
 * @param make - A fresh output for each case, with nothing written yet.
 */
export function outputConformance(make: () => OutputUnderTest | Promise<OutputUnderTest>): ConformanceCase[] {
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
    await output.close()
  }
  return [
    {
      name: 'writes committed lines, whole and in order, by the time flush settles',
      run: () =>
        use(async (subject, write) => {
          for (let i = 0; i < 1000; i++) write(`line ${i}\n`)
          await subject.output.flush()
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
          await subject.output.flush()
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
          await subject.output.flush()
          must(subject.output.stats().written === 100, JSON.stringify(subject.output.stats()))
        }),
    },
    {
      name: 'writes lines of any size whole',
      run: () =>
        use(async (subject, write) => {
          const lines = [0, 1, 1000, 70_000, 3].map((size, i) => `${String(i).repeat(size)}\n`)
          for (const line of lines) write(line)
          await subject.output.flush()
          must((await subject.written()).replace(/\n?$/, '\n') === lines.join(''), 'a line is torn or missing')
        }),
    },
    {
      name: 'settles two flushes at once, an idle flush and a second close',
      run: () =>
        use(async ({ output }, write) => {
          write('line\n')
          await Promise.all([output.flush(), output.flush()])
          await output.flush()
          await Promise.all([output.close(), output.close()])
        }),
    },
    {
      name: 'takes a line after close without throwing, and counts it',
      run: () =>
        use(async ({ output }, write) => {
          await output.close()
          const before = output.stats().accepted
          write('late\n')
          const { accepted, written, pending, failed } = output.stats()
          must(accepted === before + 1 && accepted === written + pending + failed, JSON.stringify(output.stats()))
        }),
    },
  ]
}

function setUp(encoder: Encoder, table = new KeyTable({ secrets: [], reserved: encoder.reservedKeys })) {
  const entry = new Entry(table, Context.empty(table))
  entry.begin({ receive: () => undefined }, Level.info, '', Context.empty(table))
  entry.time[0] = Date.UTC(2026, 0, 1)
  entry.message = 'message'
  return { encoder, entry, out: new ByteBuffer(256) }
}

function encodeWith(encoder: Encoder, fill: (entry: Entry) => void): string {
  const { entry, out } = setUp(encoder)
  fill(entry)
  encoder.encode(entry, out)
  return out.toString()
}

function must(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem)
}
