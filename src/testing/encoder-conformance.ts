import { ByteBuffer } from '../bytes/byte-buffer.js'
import type { Encoder } from '../encoders/encoder.js'
import { Context } from '../entry/context.js'
import { Entry } from '../entry/entry.js'
import { Fields } from '../entry/fields.js'
import { KeyTable } from '../entry/key.js'
import { Level } from '../entry/level.js'
import { callback, checkOption } from '../options/check.js'
import { type ConformanceCase, must } from './conformance-case.js'

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

/** What text made by hand forgets, beside {@link HOSTILE}. */
const QUOTED = ['say "hi"', 'back\\slash', 'tab\t', '']
const SECRET = 'S3CR3T'

/**
 * What an encoder must do, to be run in any test runner.
 *
 * @example for (const { name, run } of encoderConformance(() => json())) it(name, run)
 */
export function encoderConformance(make: () => Encoder): ConformanceCase[] {
  checkOption('encoderConformance(make)', make, callback)
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
      name: 'writes a line that has no message and no fields',
      run: () => {
        const { encoder, entry, out } = setUp(make())
        entry.message = undefined
        encoder.encode(entry, out)
        const line = out.toString()
        must(line.endsWith('\n') && !line.includes('undefined'), JSON.stringify(line))
      },
    },
    {
      name: 'writes no value under a secret name: of the line, of its context, or within a value',
      run: () => {
        const table = new KeyTable({ secrets: ['password'], reserved: make().reservedKeys })
        const { encoder, out, entry } = setUp(make(), table)
        entry.context = new Context(new Fields(table).any('account', { password: SECRET, kept: 'outer' }))
        entry.string('password', SECRET).any('user', { kept: 'inner', list: [{ password: SECRET }] })
        entry.any('map', new Map([['password', SECRET]]))
        encoder.encode(entry, out)
        const text = out.toString()
        must(!text.includes(SECRET) && text.includes('outer') && text.includes('inner'), text)
      },
    },
    {
      name: 'writes JSON in every line, with the keys of its own as they are, where one line is JSON',
      run: () => {
        const plain = parsed(encodeWith(make(), () => undefined))
        if (plain === undefined) return
        for (const text of [...HOSTILE, ...QUOTED]) {
          const line = encodeWith(make(), (entry) => {
            entry
              .string(text, text)
              .any(`any ${text}`, { [text]: [text, new Date(NaN), NaN] })
              .float('n', NaN)
            entry.message = text
          })
          must(parsed(line) !== undefined, `${JSON.stringify(text)} makes no JSON: ${line}`)
        }
        const line = encodeWith(make(), (entry) => {
          for (const key of Object.keys(plain)) entry.string(key, 'forged')
        })
        for (const [key, value] of Object.entries(parsed(line) ?? {}))
          must(value !== 'forged' || !Object.hasOwn(plain, key), `a field took the place of ${key}: ${line}`)
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

/** What a line says, where it is an object or an array as JSON has it. */
function parsed(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined // it is no JSON
  }
}
