// What is measured. A scenario is
//   name, about    as they stand in the tables; `calls/` holds under that name the call for each API. An entrant without
//                  a call of that name does not take part
//   short          optional: `about` in fewer words, for the plot
//   want(i)        what call number i must write: { level, msg, fields } or { level, msg, error }; null for no line.
//                  Fields under `optional` may be missing
//   setup          optional: what loggers must be made with for it, see entrants/index.mjs
//   callsPerTurn   optional: calls between two turns of the event loop; else a batch is one turn
//   goldenCalls    optional: calls of the check before it, where lines are long
//   atLeast        how many times wideline's time each rival's must be; a row below it is marked as such
//   within         optional: { scenario, about, atMost }: wideline's time here is also compared with its own time there
import os from 'node:os'
import { curveScenarios } from './curves.mjs'
import {
  anyTextOf,
  deepOf,
  errorOf,
  errorWithCauseOf,
  escapesOf,
  jobFields,
  mixedFieldsOf,
  nestedOf,
  nonAsciiOf,
  openPaymentOf,
  orderOf,
  pinoManifest,
  pinoManifestNested,
  randomText,
  redactedOpenPaymentOf,
  redactedPaymentOf,
  requestFields,
  textOf,
} from './orders.mjs'

const paid = (fields) => ({ level: 'info', msg: 'order paid', fields })
const paidWithThree = (i) => {
  const { orderId, amount, status } = orderOf(i)
  return paid({ orderId, amount, status })
}
const atLeast = (pino, sink) => ({ pino, 'pino-sink': sink })
const faster = atLeast(1, 1)

const ownScenarios = [
  { name: 'off', about: 'a level that is switched off', atLeast: atLeast(1, 1), want: () => null },
  { name: 'message', about: 'a message', atLeast: atLeast(10, 4), want: () => paid({}) },
  { name: 'typed3', about: 'three fields, wideline by its typed chain', atLeast: atLeast(9, 3), want: paidWithThree },
  { name: 'object3', about: 'three fields as an object', atLeast: atLeast(7, 2.5), want: paidWithThree },
  { name: 'object10', about: 'ten fields as an object', atLeast: atLeast(6, 2.5), want: (i) => paid(orderOf(i)) },
  {
    name: 'declared3',
    about: 'three fields, wideline by a declared set',
    atLeast: atLeast(9, 3),
    want: paidWithThree,
  },
  {
    name: 'declared10',
    about: 'ten fields, wideline by a declared set',
    atLeast: atLeast(9, 3),
    want: (i) => paid(orderOf(i)),
  },
  {
    name: 'nested',
    about: 'a nested object, two levels, eight keys',
    atLeast: atLeast(3, 1),
    want: (i) => paid({ order: nestedOf(i) }),
  },
  {
    name: 'deep',
    about: 'a deep object of 2 KB',
    atLeast: atLeast(1.5, 1),
    want: (i) => paid({ shipment: deepOf(i) }),
  },
  {
    name: 'child',
    about: 'a message on a child with three fields',
    atLeast: atLeast(9, 3),
    want: () => paid(requestFields),
  },
  {
    name: 'child-of-child',
    about: 'a message on its child with two more',
    atLeast: atLeast(9, 3),
    want: () => paid({ ...requestFields, ...jobFields }),
  },
  {
    name: 'new-child',
    short: 'creating a child and logging once',
    about: 'creating a child with three fields and logging once',
    atLeast: atLeast(4, 1),
    want: (i) => paid({ ...requestFields, shard: i & 15 }),
  },
  {
    // Not the same promise: wideline's `tick` hands lines of level warn and above to the kernel inside the call, a
    // write for each; the peers here keep them back with the rest. `error-info` is the encoding alone.
    name: 'error',
    short: 'an error with its stack, at error',
    about: 'an error with its stack (wideline writes it at once)',
    atLeast: faster,
    want: (i) => ({ level: 'error', msg: 'payment failed', error: errorOf(i) }),
  },
  {
    name: 'error-info',
    about: 'an error with its stack, at info',
    atLeast: faster,
    want: (i) => ({ level: 'info', msg: 'payment retried', error: errorOf(i) }),
  },
  {
    // winston writes a cause as {} and so is not in it.
    name: 'error-cause',
    about: 'an error with stack and cause, at info',
    atLeast: atLeast(3, 1),
    want: (i) => ({ level: 'info', msg: 'payment retried', error: errorWithCauseOf(i) }),
  },
  {
    name: 'long-string',
    about: 'a field of 2 KB of ASCII',
    atLeast: atLeast(3, 1),
    want: (i) => paid({ text: textOf(i) }),
  },
  {
    name: 'non-ascii',
    about: 'a field of 60 characters, not all ASCII',
    atLeast: atLeast(3, 1),
    want: (i) => paid({ text: nonAsciiOf(i) }),
  },
  {
    name: 'any-texts',
    about: 'three texts as an application has them: constants, read, cut out, put together, not all ASCII',
    short: 'three texts of any origin',
    atLeast: faster,
    want: (i) => paid({ name: anyTextOf(i), place: anyTextOf(i + 1), note: anyTextOf(i + 2) }),
  },
  {
    name: 'escapes',
    about: 'a field of 120 characters full of escapes',
    atLeast: atLeast(3, 1),
    want: (i) => paid({ text: escapesOf(i) }),
  },
  {
    name: 'printf',
    about: 'printf, `%s %d %j`',
    atLeast: atLeast(2, 1),
    setup: { formats: true },
    want: (i) => ({
      level: 'info',
      msg: `order ${orderOf(i).status} ${orderOf(i).orderId} ${JSON.stringify(requestFields)}`,
      fields: {},
    }),
  },
  {
    // pino hides what it is told to and nothing else; its wildcard is one level deep. wideline hides its secret names
    // (password, token, cvc and twenty others) at any depth, in this row as in all others: it is never switched off, so
    // its own line to compare with has other names. winston has no redaction.
    name: 'redact',
    short: 'redaction of two paths and a key',
    about: 'redaction: pino of two paths and `*.token`, wideline of its secret names at any depth',
    atLeast: faster,
    setup: { redacts: true },
    within: { scenario: 'redact-none', about: 'the line with nothing to hide', atMost: 1.1 },
    want: (i) => paid(redactedPaymentOf(i)),
  },
  {
    // Names that nobody hides by default; wideline's key is hidden at any depth, pino's wildcard one level down.
    name: 'redact-paths',
    short: 'redaction of two paths and a key, told',
    about: 'redaction: two paths and a key that both are told of',
    atLeast: faster,
    setup: { redacts: 'paths' },
    within: { scenario: 'redact-none', about: 'the line with nothing to hide', atMost: 1.1 },
    want: (i) => paid(redactedOpenPaymentOf(i)),
  },
  {
    name: 'two-outputs',
    short: 'three fields as an object, two outputs',
    about: 'three fields as an object, to two files (pino: multistream)',
    atLeast: faster,
    setup: { outputs: 2 },
    within: { scenario: 'object3', about: 'one output', atMost: 1.8 },
    want: paidWithThree,
  },
  {
    name: 'mixed',
    about: 'six shapes of one to three fields in turn',
    atLeast: faster,
    want: (i) => paid(mixedFieldsOf(i)),
  },
  {
    // wideline writes at the end of every turn; the peers here keep lines back until their block is full, so they
    // write less often and would lose more in a crash. The turn itself is in everyone's figure ("harness").
    name: 'one-a-turn',
    short: 'three fields, one line a turn of the loop',
    about: 'three fields as an object, one line a turn of the event loop',
    atLeast: faster,
    callsPerTurn: 1,
    want: paidWithThree,
  },
]

// What pino's own benchmarks log, under the names of their files (github.com/pinojs/pino, benchmarks/), in this
// harness: they run ten calls a turn of the event loop and print totals of milliseconds. Two differ: their pino with
// minLength makes no child in `child`, and their `deep-object` has a `level`, which pino writes twice.
const hello = (fields) => ({ level: 'info', msg: undefined, fields })
const helloWorld = (msg, fields = {}, optional = {}) => ({ level: 'info', msg, fields, optional })
const manifestFields = once(() => JSON.parse(JSON.stringify(pinoManifest())))
const nestedText = once(() => JSON.stringify(pinoManifestNested()))
const random = randomText()

function once(make) {
  let value
  return () => (value ??= make())
}

const pinoScenarios = [
  { name: 'basic', about: "'hello world'", want: () => helloWorld('hello world') },
  { name: 'object', about: "{ hello: 'world' }", want: () => hello({ hello: 'world' }) },
  {
    name: 'deep-object',
    about: "pino's package.json",
    goldenCalls: 500,
    want: () => hello(manifestFields()),
  },
  { name: 'child', about: 'an object, child of one field', want: () => hello({ hello: 'world', a: 'property' }) },
  {
    name: 'child-child',
    about: 'an object, child of a child',
    want: () => hello({ hello: 'world', a: 'property', sub: 'child' }),
  },
  {
    name: 'child-creation',
    about: 'a new child for every ten lines',
    want: () => hello({ hello: 'world', a: 'property' }),
  },
  { name: 'long-string', about: 'a message of 2,000 random bytes', want: () => helloWorld(random) },
  { name: 'multi-arg', about: '%s', setup: { formats: true }, want: () => helloWorld('hello world') },
  {
    name: 'multi-arg-all',
    about: '%s %j %d',
    setup: { formats: true },
    want: () => helloWorld('hello world {"obj":true} 4'),
  },
  {
    name: 'multi-arg-extra',
    short: '%s %j %d and an object more',
    about: '%s %j %d and an object more, which pino drops',
    setup: { formats: true },
    want: () => helloWorld('hello world {"obj":true} 4', {}, { another: 'obj' }),
  },
  {
    name: 'multi-arg-deep',
    about: '%j of 24 KB',
    setup: { formats: true },
    goldenCalls: 200,
    want: () => helloWorld(`hello ${nestedText()}`),
  },
  {
    // wideline has no formatters: it says the same by fields of its root logger. winston's are of another kind.
    name: 'formatters',
    short: 'an object (wideline: bound fields)',
    about: 'an object through formatters (wideline: bound fields)',
    setup: { formatters: true },
    want: () => hello({ hello: 'world', foo: 'bar', process: { pid: process.pid }, host: { name: os.hostname() } }),
  },
].map((scenario) => ({ ...scenario, name: `pino:${scenario.name}`, atLeast: faster }))

/** The rows of the table. */
export const scenarios = [...ownScenarios, ...pinoScenarios]

/** What --quick measures. */
export const quickNames = ['off', 'message', 'typed3', 'object3', 'child', 'nested', 'error-cause', 'redact']

// Lines that others are compared with, not rows of their own.
const bases = [
  { name: 'redact-none', about: 'the line of `redact` with other names', want: (i) => paid(openPaymentOf(i)) },
]

/** The scenario of that name, which is a row, a base or a point of a curve. */
export const scenarioNamed = (name) => [...scenarios, ...bases, ...curveScenarios].find((one) => one.name === name)
