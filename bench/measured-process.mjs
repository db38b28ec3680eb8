// A child process that holds one entrant in one scenario and does what the parent asks, one thing at a time.
//
// Why a process for each: in a shared one, what V8 learns from one call changes the code it makes for another, a row
// depends on the rows before it, and old garbage of one entrant is marked during another's turn (3 ms of a batch
// were seen after winston's). The parent gives out the turns, so entrants still alternate and can be compared pair
// by pair. The price: every row sees better-trained code than an application has; the scenario `mixed` shows how
// much that matters.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const child = fileURLToPath(new URL('measured-child.mjs', import.meta.url))

// The young generation is pinned only where bytes are counted; timings use Node's own heap settings.
const flagsFor = {
  time: ['--expose-gc'],
  allocation: ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'],
}

export class MeasuredProcess {
  constructor(purpose, task) {
    this.name = [task.entrant, task.scenario].join(', ')
    const { node, ...rest } = task
    this.process = fork(child, [JSON.stringify(rest)], { execPath: node, execArgv: flagsFor[purpose] })
  }

  /** Resolves to what the child's command of that name returns. Rejects if it throws or the child ends. */
  ask(command, settings) {
    return new Promise((resolve, reject) => {
      const settle = (settleWith, value) => {
        this.process.off('message', onMessage).off('exit', onExit)
        settleWith(value)
      }
      const onMessage = ({ value, failure }) => {
        if (failure === undefined) settle(resolve, value)
        else settle(reject, new Error(`${command} (${this.name}): ${failure}`))
      }
      const onExit = (code, signal) =>
        settle(reject, new Error(`${command} (${this.name}): ended with ${signal ?? `code ${code}`}`))
      this.process.on('message', onMessage).on('exit', onExit)
      this.process.send({ command, settings })
    })
  }

  end() {
    this.process.kill()
  }
}

/** Runs `use` with a process for each of `tasks`, and ends them whatever happens. */
export async function withProcesses(purpose, tasks, use) {
  const processes = tasks.map((task) => new MeasuredProcess(purpose, task))
  try {
    return await use(processes)
  } finally {
    for (const process of processes) process.end()
  }
}
