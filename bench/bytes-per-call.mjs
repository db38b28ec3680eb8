// Heap bytes allocated by one call, right to a fraction of a byte, under
//
//   node --expose-gc --min-semi-space-size=128 --max-semi-space-size=128
//
// Without the pinned young generation, scavenges inside the loop hide the garbage: a 40-byte object reads 1 to 9
// bytes. For the same reason the calls of one reading stay under 48 MB together. Buffers outside the heap are not
// counted. What a reading costs by itself (the batch's promise; in some scenarios a turn of the event loop for every
// call) is read with an empty call and subtracted.
import v8 from 'node:v8'
import { emptyTask, runBatch, trainLoop } from './batch.mjs'
import { median } from './statistics.mjs'

const mostBytesPerReading = 48 * 2 ** 20
const mostMsPerReading = 500 // a call of 100 µs that allocates little would else be read for minutes

// The first readings still hold compiled code and its data: 6 to 160 KB were seen in the first four.
const settledAfter = 5

const used = () => v8.getHeapStatistics().used_heap_size

async function read(task, calls) {
  globalThis.gc()
  await runBatch(task, 1)
  const before = used()
  await runBatch(task, calls)
  const after = used()
  const readingCost = used() - after
  return (after - before - readingCost) / calls
}

const callsWithin = (ms, msPerCall, most) => Math.max(1, Math.min(most, Math.floor(ms / Math.max(msPerCall, 1e-6))))

async function medianReading(task, { allocationRounds, allocationCalls }) {
  // Pauses, in which deferred work is done and the optimising compiler finishes.
  let msPerCall = 0
  for (let chunk = 0; chunk < 8; chunk++) {
    const calls = callsWithin(mostMsPerReading, msPerCall, 5000)
    const start = performance.now()
    await runBatch(task, calls)
    msPerCall = (performance.now() - start) / calls
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const roughly = Math.max(1, await read(task, 500))
  const most = Math.min(allocationCalls, Math.floor(mostBytesPerReading / roughly))
  const calls = callsWithin(mostMsPerReading, msPerCall, most)
  const readings = []
  for (let round = 0; round < settledAfter + allocationRounds; round++) readings.push(await read(task, calls))
  return median(readings.slice(settledAfter))
}

export async function bytesPerCall(task, settings) {
  trainLoop()
  const harness = await medianReading(emptyTask(task), settings)
  return (await medianReading(task, settings)) - harness
}

/** Throws unless a call that allocates nothing reads 0 and an object of two fields reads its 40 bytes. */
export async function checkReading(settings) {
  const kept = { value: undefined }
  const controls = [
    { name: 'an empty function', want: 0, call: () => {} },
    {
      name: 'an object {x, y}',
      want: 40,
      call: (i) => {
        kept.value = { x: i, y: i }
      },
    },
  ]
  for (const { name, want, call } of controls) {
    const got = await medianReading({ call, finish: () => {} }, settings)
    if (Math.abs(got - want) > 0.5)
      throw new Error(`the allocation reading is off: ${name} reads ${got} bytes, must read ${want}`)
  }
}
