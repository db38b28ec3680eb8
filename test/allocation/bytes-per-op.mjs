// Heap bytes allocated by one call, right to a fraction of a byte, under
//
//   node --expose-gc --min-semi-space-size=128 --max-semi-space-size=128
//
// Without the pinned young generation, scavenges inside the loop hide the garbage: a 40-byte object reads 1 to 9 bytes.
// Calls × bytes must stay under about 100 MB. Buffers outside of the heap are not counted.
import v8 from 'node:v8'

const used = () => v8.getHeapStatistics().used_heap_size

function loop(call, calls) {
  for (let i = 0; i < calls; i++) call(i)
}

/** The median of seven readings, of so many calls that what runs once for a thousand, the write of a block, is compiled too. */
export async function bytesPerOp(call, calls = 100_000) {
  loop(call, 20_000)
  loop(call, 20_000)
  await new Promise((resolve) => setTimeout(resolve, 30)) // lets the optimising compiler finish
  loop(call, 20_000)
  const readings = []
  for (let round = 0; round < 7; round++) {
    globalThis.gc()
    loop(call, 1)
    const before = used()
    loop(call, calls)
    const after = used()
    const readingCost = used() - after
    readings.push((after - before - readingCost) / calls)
  }
  return readings.toSorted((a, b) => a - b)[3]
}
