/** A thrown value in words. It may be hostile too. */
export function reasonText(reason: unknown): string {
  try {
    return reason instanceof Error ? String(reason.message) : String(reason)
  } catch {
    // Even asking what went wrong throws: say that much.
    return 'an unreadable error'
  }
}
