import fs from 'node:fs'
import type { RotateRules } from './rotate-options.js'
import type { RotatedFile } from './rotated-names.js'

type RetentionRules = Pick<RotateRules, 'keep' | 'maxAgeMs' | 'maxTotalBytes'>

/** Which of the files, oldest first, are to go. */
export function expired<T extends { readonly time: number; readonly bytes: number }>(
  files: readonly T[],
  rules: RetentionRules,
  now: number,
): T[] {
  const gone: T[] = []
  let kept = 0
  let total = 0
  // From the newest on: the first one that does not fit takes all older ones with it.
  for (let i = files.length - 1; i >= 0; i--) {
    const { time, bytes } = files[i]
    kept++
    total += bytes
    const isKept = gone.length === 0 && kept <= rules.keep && total <= rules.maxTotalBytes
    if (!isKept || now - time > rules.maxAgeMs) gone.push(files[i])
  }
  return gone.toReversed()
}

/** Deletes the rotated files that are to go; one that cannot be deleted keeps no other. Other processes may do the same. */
export function applyRetention(
  files: readonly RotatedFile[],
  rules: RetentionRules,
  now: number,
  report: (error: unknown) => void,
): void {
  const sized = files.map((file) => ({ ...file, bytes: fs.statSync(file.path, { throwIfNoEntry: false })?.size ?? 0 }))
  for (const { path } of expired(sized, rules, now)) {
    try {
      fs.rmSync(path, { force: true })
    } catch (error) {
      report(error)
    }
  }
}
