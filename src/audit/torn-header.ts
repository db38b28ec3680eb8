import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { FORMAT } from './algorithm.js'
import { syncFolder } from './audit-file.js'

/** No header is longer. */
const MAX_BYTES = 262_144
const BEGINNING = Buffer.from(`{"@audit":"header","format":"${FORMAT}",`)

/**
 * Renames a file that holds the beginning of a header and no newline, as a copy that was cut short may: nothing can be
 * appended to it, and it must not keep a service from starting.
 *
 * @returns the name it has now; undefined where it is anything else, and stays.
 */
export function setTornHeaderAside(filePath: string): string | undefined {
  const { O_RDONLY, O_NOFOLLOW } = fs.constants
  const descriptor = fs.openSync(filePath, O_RDONLY | (O_NOFOLLOW ?? 0))
  try {
    const bytes = Buffer.alloc(MAX_BYTES + 1)
    const read = fs.readSync(descriptor, bytes, 0, bytes.length, 0)
    const held = bytes.subarray(0, read)
    const known = Math.min(read, BEGINNING.length)
    if (read > MAX_BYTES || held.includes(0x0a) || !held.subarray(0, known).equals(BEGINNING.subarray(0, known)))
      return undefined
  } finally {
    fs.closeSync(descriptor)
  }
  const aside = `${filePath}.torn-${randomBytes(6).toString('hex')}`
  fs.renameSync(filePath, aside)
  syncFolder(path.dirname(filePath))
  return aside
}
