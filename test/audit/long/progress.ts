/** Tells on standard error how far a long test is, every few seconds. */
export function tell(what: string, total: number): (done: number) => void {
  let last = performance.now()
  return (done) => {
    if ((done & 63) !== 0) return
    const now = performance.now()
    if (now - last < 5_000) return
    last = now
    process.stderr.write(`${what}: ${done} of ${total} (${Math.floor((done / total) * 100)} %)\n`)
  }
}
