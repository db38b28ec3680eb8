import fs from 'node:fs'
import {
  createLogger,
  fields,
  file,
  json,
  type Logger,
  type LoggerOptions,
  memory,
  type RedactOption,
  recent,
  string,
  template,
} from 'wideline'
import { freshPath } from '../outputs/folder.js'
import { plainOutput } from './plain-output.js'

/** What must not be found in anything that is written. */
export const SECRET = 'S3cr3t+/é"z'

/** One way for a secret to get out. */
export interface LeakWay {
  readonly way: string
  /**
   * Takes that way.
   *
   * @param isClosed - False leaves out the one thing that closes it, so that the secret must be seen.
   * @returns everything that was written.
   */
  written(isClosed: boolean): string | Promise<string>
}

/** A name whose values are hidden, or one that is like any other. */
export const nameOf = (isClosed: boolean): string => (isClosed ? 'passWord' : 'colour')

/** What a logger writes and reports. */
function lines(options: LoggerOptions, use: (log: Logger) => void): string {
  const output = memory()
  const reported: string[] = []
  const log = createLogger({
    level: 'trace',
    outputs: [{ output, encoder: json() }],
    onError: (problem) => reported.push(String(problem)),
    ...options,
  })
  use(log)
  return [...output.lines, ...reported].join('\n')
}

const when = (isClosed: boolean, redact: RedactOption): LoggerOptions => (isClosed ? { redact } : {})

const byName =
  (use: (log: Logger, name: string) => void): LeakWay['written'] =>
  (isClosed) =>
    lines({}, (log) => use(log, nameOf(isClosed)))

const noteField = (isClosed: boolean) => fields({ note: string(isClosed ? { redact: 'mask' } : {}) })

const TOKEN = 'abcdefghijklmnopqrstuvwxyz0123456789'
const FORMS = [
  { pattern: 'card', text: '4242424242424242' },
  { pattern: 'bearer', text: `Bearer ${TOKEN}` },
  {
    pattern: 'jwt',
    text: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
  },
  { pattern: 'email', text: 'ann@example.org' },
  { pattern: 'iban', text: 'DE89370400440532013000' },
] as const

/** The ways through a logger. */
export const LOGGER_WAYS: readonly LeakWay[] = [
  {
    way: 'under a secret name, at any depth',
    written: byName((log, name) => log.info('m', { a: [{ b: new Map([['c', { [name]: SECRET }]]) }] })),
  },
  {
    way: 'in the context of a logger, through its children',
    written: byName((log, name) =>
      log
        .child({ [name]: SECRET })
        .child({ b: 1 })
        .info('m'),
    ),
  },
  {
    way: 'through printf',
    written: byName((log, name) => log.info('%j %o', { [name]: SECRET }, { [name]: SECRET })),
  },
  {
    way: 'through the holes of a message',
    written: (isClosed) =>
      isClosed
        ? lines({}, (log) => log.info(template('for {password}'), { password: SECRET }))
        : lines({}, (log) => log.info(template('for {colour}'), { colour: SECRET })),
  },
  {
    way: 'added by a hook',
    written: byName((log, name) => {
      log.hooks.before((line) => line.string(name, SECRET))
      log.info('m')
    }),
  },
  {
    way: 'in properties of an error: config, request, response of an HTTP client, or any that nobody asked for',
    written: (isClosed) =>
      lines(isClosed ? {} : { errors: { properties: ['note'] } }, (log) => {
        const call = { headers: { accept: SECRET } }
        log.error(Object.assign(new Error('failed'), { config: call, request: call, response: call, note: SECRET }))
      }),
  },
  {
    way: 'in the causes and the parts of an error',
    written: (isClosed) =>
      lines({ errors: { properties: [nameOf(isClosed)] } }, (log) => {
        const part = Object.assign(new Error('inner'), { [nameOf(isClosed)]: SECRET })
        log.error(new AggregateError([part], 'outer', { cause: part }))
      }),
  },
  {
    way: 'in what a secret value throws when it is read',
    written: byName((log, name) => {
      const thrower = {
        toJSON: () => {
          throw new Error(SECRET)
        },
      }
      log.info('m', { [name]: thrower, deep: { [name]: thrower } })
      log.info('m', {
        get [name](): string {
          throw new Error(SECRET)
        },
      })
    }),
  },
  {
    way: "past a parent's rule, in a child or a logger of another name",
    written: (isClosed) =>
      lines(when(isClosed, ['user.note']), (log) => {
        const user = { note: SECRET }
        log.child({}, { name: 'other' }).child({ user }).info('m')
        log.getLogger('a.b').info('m', { user })
      }),
  },
  {
    way: 'past a redactor that throws',
    written: (isClosed) =>
      lines(
        {
          redact: {
            paths: {
              note: (value) => {
                if (isClosed) throw new Error(String(value))
                return value
              },
            },
          },
        },
        (log) => log.info('m', { note: SECRET }),
      ),
  },
  {
    way: 'in a declared field',
    written: (isClosed) => lines({}, (log) => log.info('m', noteField(isClosed), { note: SECRET })),
  },
  {
    way: 'inside JSON in a text, a query, a message and the message of an error',
    written: (isClosed) =>
      lines(when(isClosed, { patterns: ['pairs'] }), (log) => {
        const body = JSON.stringify({ a: 1, token: SECRET })
        log.info(`got ${body}`, { body, url: `/o?token=${encodeURIComponent(SECRET)}&b=1` })
        log.error(new Error(`refused: ${body}`))
      }),
  },
  {
    way: 'in what a flight recorder holds',
    written: byName((log, name) => {
      log.level = 'info'
      log.unit('job', { recorder: true }, (unit) => {
        unit.debug('m', { [name]: SECRET })
        unit.setError(new Error('x'))
      })
    }),
  },
  {
    way: 'in what is held until it is committed',
    written: byName((log, name) => {
      const held = log.hold()
      held.child({ [name]: SECRET }).info('m')
      held.commit()
    }),
  },
  {
    way: 'in the ring of recent lines',
    written: (isClosed) => {
      const ring = recent()
      lines({}, (log) => {
        log.addOutput(ring)
        log.info('m', { deep: { [nameOf(isClosed)]: SECRET } })
      })
      return ring.show().join('\n')
    },
  },
  {
    way: 'in one line that stands for equal ones',
    written: (isClosed) =>
      lines({ coalesce: { windowMs: 1_000 } }, (log) => {
        for (let i = 0; i < 3; i++) log.info('m', { [nameOf(isClosed)]: SECRET })
        log.flushSync()
      }),
  },
  {
    way: 'to an output that takes entries and not bytes',
    written: (isClosed) => {
      const { output, taken } = plainOutput()
      const log = createLogger({ outputs: [output] })
      log.child({ [nameOf(isClosed)]: SECRET }).info('m', { deep: [{ [nameOf(isClosed)]: SECRET }] })
      return taken.map((line) => JSON.stringify(line)).join('\n')
    },
  },
  {
    way: 'in the line that stands for one that an encoder failed on, and in the report of it',
    written: (isClosed) => {
      let calls = 0
      const { encode } = json()
      const encoder = Object.assign(json(), {
        encode(this: unknown, ...call: Parameters<typeof encode>) {
          if (calls++ === 0) throw new Error(`no bearer ${TOKEN}`)
          encode.apply(this, call)
        },
      })
      const output = memory()
      const log = createLogger({
        outputs: [{ output, encoder }],
        onError: () => undefined,
        ...when(isClosed, { patterns: ['bearer'] }),
      })
      log.info('m')
      return output.lines.join('\n').replaceAll(TOKEN, SECRET)
    },
  },
  ...FORMS.map(({ pattern, text }): LeakWay => ({
    way: `by its form alone, as ${pattern}`,
    written: (isClosed) =>
      lines(when(isClosed, { patterns: [pattern] }), (log) => {
        log.child({ of: text }).info(`of ${text}`, { text, deep: [{ text }], [text]: 1 })
        log.error(new Error(text, { cause: new Error(text) }))
      }).replaceAll(text, SECRET),
  })),
  {
    way: 'in bytes of a buffer that another line had before',
    written: (isClosed) => {
      const [first, second] = [freshPath(), freshPath()]
      const log = createLogger({
        outputs: [{ output: file(first), encoder: json() }],
        pool: { bufferBytes: 1_024, maxBuffers: 1, poison: true },
      })
      log.info(SECRET.repeat(20))
      log.setOutputs('', [{ output: file(second), encoder: json() }])
      log.info(isClosed ? 'm' : SECRET)
      log.flushSync()
      const bytes = fs.readFileSync(second)
      return bytes.includes(0xdb) ? SECRET : bytes.toString()
    },
  },
  {
    way: 'from one root logger to the outputs of another',
    written: (isClosed) =>
      lines({}, (log) => {
        const other = createLogger({ outputs: [memory()] })
        for (const each of isClosed ? [other] : [log]) each.child().getLogger('a').info(SECRET)
      }),
  },
]
