// How busy the machine was with something else while we timed. The load average cannot say: it counts the run itself
// and what ended minutes before it.
import os from 'node:os'

/** Processor milliseconds all programs on this machine have used since it started. */
function machineCpuMs() {
  return os.cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
}

/** Processor milliseconds this process has used. */
export function ownCpuMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Runs `work`; resolves to its value and to how much of one core others used meanwhile (0.25 is a quarter). */
export async function watchOtherWork(processes, work) {
  const before = await sample(processes)
  const value = await work()
  const after = await sample(processes)
  const otherMs = after.machine - before.machine - (after.ours - before.ours)
  return { value, otherWork: Math.max(0, otherMs / (after.at - before.at)) }
}

async function sample(processes) {
  let ours = ownCpuMs()
  for (const process of processes) ours += await process.ask('cpu')
  return { at: performance.now(), machine: machineCpuMs(), ours }
}
