import fs from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'

/** The log files of a folder in the order of their lines: rotated ones by name, the one in use last. */
export function logFiles(folder: string, inUse = 'app.log'): string[] {
  const names = fs.readdirSync(folder).filter((name) => /^app\..*log(\.gz)?$/.test(name) && name !== inUse)
  const last = fs.lstatSync(path.join(folder, inUse), { throwIfNoEntry: false })
  return [...names.toSorted(), ...(last?.isFile() === true ? [inUse] : [])].map((name) => path.join(folder, name))
}

/** The lines of all log files of a folder, one after another. */
export function allLines(folder: string): string {
  return logFiles(folder)
    .map((file) => {
      const bytes = fs.readFileSync(file)
      return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
    })
    .join('')
}
