// node bench/plot.mjs       draws bench/results/latest.json as speed.svg and, if it is there, curves.json as curves.svg
// node bench/plot.mjs 24    the same of latest-node24.json and curves-node24.json, as speed-node24.svg, curves-node24.svg
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { drawCurves } from './plot/curves.mjs'
import { drawSpeed } from './plot/speed.mjs'

const suffix = process.argv[2] === undefined ? '' : `-node${process.argv[2]}`
const pathOf = (name) => fileURLToPath(new URL(`./results/${name}`, import.meta.url))

function draw(source, target, drawing) {
  if (!existsSync(pathOf(source))) return false
  writeFileSync(pathOf(target), drawing(JSON.parse(readFileSync(pathOf(source), 'utf8'))))
  console.log(`drawn ${pathOf(target)}`)
  return true
}

const hasSpeed = draw(`latest${suffix}.json`, `speed${suffix}.svg`, drawSpeed)
const hasCurves = draw(`curves${suffix}.json`, `curves${suffix}.svg`, drawCurves)
if (!hasCurves) console.log(`no ${pathOf(`curves${suffix}.json`)}: \`npm run bench -- --curves\` makes it`)
if (!hasSpeed) {
  console.error(`there is no ${pathOf(`latest${suffix}.json`)}; run \`npm run bench\` first`)
  process.exitCode = 1
}
