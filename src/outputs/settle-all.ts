/**
 * Takes every step, one that fails or not; rejects with the first problem of any when all are done. What throws where it
 * should reject, as an output of somebody else's may, counts as rejected.
 */
export async function settleAll(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  const results = await Promise.allSettled(steps.map(async (step) => step()))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
