/**
 * Milliseconds from now on. Other work shares the machine, so it is the processor's time where that is less than what the
 * clock says: without the time in which the process waited for its turn.
 */
export function stopwatch(): () => number {
  const start = performance.now()
  const cpu = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(cpu)
    return Math.min(performance.now() - start, (user + system) / 1000)
  }
}
