// Reads logs and says what is wrong with them: node checker.mjs LINES FILE... prints JSON. Files are taken one after
// another; those that end in .gz are unpacked. As small as it can be: it is what all fault tests rest on.
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { checksum } from './lines.mjs'

/**
 * `{ whole, lost, foreign, torn, doubled, disordered, isEndTorn }` for bytes in which each of `producers` should have
 * `lines` lines. `torn` counts unreadable lines except the last one of the bytes where that has no newline.
 */
export function checkBytes(bytes, lines, producers = 1) {
  const found = { whole: 0, lost: 0, foreign: 0, torn: 0, doubled: 0, disordered: 0, isEndTorn: false }
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  const pieces = text.split('\n')
  const rest = pieces.pop()
  found.isEndTorn = rest !== ''
  const seen = new Map()
  for (const piece of pieces) {
    let line
    try {
      line = JSON.parse(piece)
    } catch {
      found.torn++
      continue
    }
    const { p, n, c } = line
    if (p === undefined) {
      found.foreign++
      continue
    }
    if (c !== checksum(p, n)) {
      found.torn++
      continue
    }
    if (!seen.has(p)) seen.set(p, { last: -1, numbers: new Set() })
    const own = seen.get(p)
    if (own.numbers.has(n)) found.doubled++
    else if (n < own.last) found.disordered++
    own.numbers.add(n)
    own.last = Math.max(own.last, n)
  }
  for (const { numbers } of seen.values()) found.whole += numbers.size
  found.lost = lines * producers - found.whole
  return found
}

/** The same for files, one after another. */
export function checkFiles(files, lines, producers) {
  const parts = files.map((file) => (file.endsWith('.gz') ? gunzipSync(fs.readFileSync(file)) : fs.readFileSync(file)))
  return checkBytes(Buffer.concat(parts), lines, producers)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [lines, ...files] = process.argv.slice(2)
  console.log(JSON.stringify(checkFiles(files, Number(lines))))
}
