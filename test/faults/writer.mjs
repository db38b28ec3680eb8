// Logs numbered lines through one of the loggers, then ends as it is told. Settings come as JSON in the first argument:
//   logger    a name in loggers.mjs
//   path      the file to write to; standard output without it
//   lines     how many; producer: whose
//   ending    natural · exit · throw · rejection · SIGTERM · SIGINT · SIGKILL · abort · exit in toJSON
//   isWarm    the first half is logged in turns before the last
//   forEver   lines are logged until somebody kills us
import { setTimeout as sleep } from 'node:timers/promises'
import { fieldsOf } from './lines.mjs'
import { fileLoggers, sharedLoggers, streamLoggers } from './loggers.mjs'

const { logger, path, lines, producer = 'a', ending = 'natural', isWarm, forEver } = JSON.parse(process.argv[2])
const known = path === undefined ? streamLoggers : { ...fileLoggers, ...sharedLoggers }
const write = await known[logger](path)
const fill = 'x'.repeat(80)
let next = 0

function logUpTo(end) {
  for (; next < end; next++) write(fieldsOf(producer, next, fill))
}

if (forEver) {
  for (;;) {
    logUpTo(next + 20)
    await sleep(1)
  }
}

if (isWarm) {
  for (let turn = 1; turn <= 10; turn++) {
    logUpTo(Math.floor((lines / 20) * turn))
    await sleep(10)
  }
}
logUpTo(lines)

if (ending === 'exit') process.exit(7)
if (ending === 'throw') throw new Error('thrown on purpose')
if (ending === 'rejection') await Promise.reject(new Error('rejected on purpose'))
if (ending === 'abort') process.abort()
if (ending === 'exit in toJSON') write({ value: { toJSON: () => process.exit(7) } })
if (ending.startsWith('SIG')) {
  process.kill(process.pid, ending)
  // The signal ends us, or whoever listens to it does.
  setTimeout(() => process.exit(99), 10_000)
}
