// Where figures are kept: bench/results, which is committed; what begins with "partial" is not.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export function writeResult(name, result) {
  const file = fileURLToPath(new URL(`./results/${name}`, import.meta.url))
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  console.log(`\nwritten to ${file}`)
}
