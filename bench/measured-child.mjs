// The child's side of measured-process.mjs.
import os from 'node:os'
import { emptyTask, openTask, outputsOf, runBatch, trainLoop } from './batch.mjs'
import { bytesPerCall, checkReading } from './bytes-per-call.mjs'
import { entrants } from './entrants/index.mjs'
import { checkGoldenLines, checkThatGoldenLinesAreChecked } from './golden.mjs'
import { ownCpuMs } from './other-work.mjs'
import { scenarioNamed } from './scenarios.mjs'

const { scenario: scenarioName, entrant: entrantName, core } = JSON.parse(process.argv[2])
const scenario = scenarioNamed(scenarioName)
const entrant = entrants[entrantName] // undefined for the empty call

const nowhere = () => new Array(outputsOf(scenario)).fill(os.devNull)

let opened
const task = () =>
  (opened ??= entrant === undefined ? emptyTask(scenario) : openTask(entrant, scenario, nowhere(), core))

/**
 * Milliseconds of one batch. It ends by emptying the young generation inside the timed span, so that no part of a
 * batch's garbage goes unpaid. With nothing alive that is 0.05 to 0.3 ms of a batch of 20 to 40 ms, for everyone.
 */
async function timeBatch(calls) {
  const running = await task()
  const start = performance.now()
  await runBatch(running, calls)
  globalThis.gc({ type: 'minor' })
  return performance.now() - start
}

const commands = {
  async golden() {
    checkThatGoldenLinesAreChecked()
    await checkGoldenLines(entrantName, entrant, scenario, core)
  },

  checkReading,

  allocation: async (settings) => bytesPerCall(await task(), settings),

  async warmUp({ warmUpMs }) {
    trainLoop()
    for (let spent = 0, calls = 1000; spent < warmUpMs;) spent += await timeBatch(calls)
  },

  /**
   * Number of calls that fills `batchMs`. The best of three: on Node 24 a collection takes 10 ms now and then, which
   * once passed for the time of 64 calls and made batches so short that they timed nothing else.
   */
  async calibrate({ batchMs }) {
    for (let calls = 64; ; calls *= 2) {
      const ms = Math.min(await timeBatch(calls), await timeBatch(calls), await timeBatch(calls))
      if (ms > batchMs / 4) return Math.max(1, Math.round((calls * batchMs) / ms))
    }
  },

  time: ({ calls }) => timeBatch(calls),

  cpu: async () => ownCpuMs(),
}

process.on('message', ({ command, settings }) => {
  commands[command](settings).then(
    (value) => process.send({ value }),
    (error) => process.send({ failure: error.stack }),
  )
})
