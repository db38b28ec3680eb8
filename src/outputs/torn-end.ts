import fs from 'node:fs'
import { sleepSync } from './sleep.js'

const NEWLINE = 0x0a
/** Half a line is believed when it looks the same so many times after the first, so far apart. */
const SAME_LOOKS = 3
const LOOK_MS = 5
/** A file that grows all the time and never ends with a line is looked at no more often. */
const MOST_LOOKS = 40

/** A process that was killed may have left half a line: it gets its newline before ours begins. */
export function endTornLine(descriptor: number, isReadable: boolean, filePath: string): void {
  const reader = isReadable ? descriptor : openToRead(filePath)
  if (reader === undefined) return
  try {
    if (isTorn(reader)) fs.writeSync(descriptor, '\n')
  } finally {
    if (reader !== descriptor) fs.closeSync(reader)
  }
}

/**
 * Whether a file ends within a line. One that another process writes to at this moment shows a part of its bytes, and the
 * rest soon: a newline put behind that would be an empty line.
 */
function isTorn(reader: number): boolean {
  const last = Buffer.alloc(1)
  let seen = -1
  for (let looks = 0, same = 0; looks < MOST_LOOKS && same < SAME_LOOKS; looks++) {
    if (looks > 0) sleepSync(LOOK_MS)
    const { size } = fs.fstatSync(reader)
    if (size === 0) return false
    fs.readSync(reader, last, 0, 1, size - 1)
    if (last[0] === NEWLINE) return false
    same = size === seen ? same + 1 : 0
    seen = size
  }
  return true
}

function openToRead(filePath: string): number | undefined {
  try {
    return fs.openSync(filePath, fs.constants.O_RDONLY)
  } catch (error) {
    // We may write to it and not read it: whether it ends within a line cannot be told.
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined
    throw error
  }
}
