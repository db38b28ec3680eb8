/** Settles when all have; rejects with the first problem of any. */
export async function settleAll(promises: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
