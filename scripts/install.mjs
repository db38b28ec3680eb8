// Sees to it that this is a Node that works and that node_modules is what package-lock.json says.
import fs from 'fs'
import path from 'path'
import { npm, root, run } from './run.mjs'

const oldest = { major: 20, minor: 19 } // as "engines" in package.json
const shownLines = 20

/** Ends the process, with one clear line, where Node is too old or the install fails. */
export async function ensureInstalled() {
  const problem = nodeProblem(process.version)
  if (problem !== null) fail(problem)
  const wanted = readPackages('package-lock.json')
  if (wanted === null) fail('there is no readable package-lock.json')
  if (isInstalled(wanted, readPackages('node_modules/.package-lock.json'))) return
  await install(countPackages(wanted))
}

/** One line about what is wrong with this Node version, or null. */
export function nodeProblem(version) {
  const match = /^v?(\d+)\.(\d+)\./.exec(version)
  const major = match === null ? 0 : Number(match[1])
  const minor = match === null ? 0 : Number(match[2])
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return null
  return `wideline needs Node.js ${oldest.major}.${oldest.minor} or newer; this is ${version}`
}

/**
 * Whether everything in the lock file is installed in the wanted version. npm writes its own record of what is
 * there as the last act of an install, so an interrupted one has none. Packages for other machines may be missing.
 */
export function isInstalled(wanted, installed) {
  if (installed === null) return false
  return Object.keys(wanted).every((place) => {
    if (place === '') return true
    const found = installed[place]
    if (found === undefined) return Boolean(wanted[place].optional)
    return found.version === wanted[place].version && found.integrity === wanted[place].integrity
  })
}

/** How many packages an install puts on this machine, give or take some optional ones. */
export function countPackages(wanted) {
  const isForUs = (list, ours) => list === undefined || list.includes(ours)
  return Object.keys(wanted).filter((place) => {
    if (place === '') return false
    return isForUs(wanted[place].os, process.platform) && isForUs(wanted[place].cpu, process.arch)
  }).length
}

function readPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')).packages
  } catch {
    return null // absent or cut short: the same as not installed
  }
}

async function install(count) {
  const startedAt = Date.now()
  process.stdout.write(`install: npm ci, ${count} packages, about 20 s `)
  const progress = setInterval(() => process.stdout.write('.'), 1000)
  let output = ''
  const code = await run(npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=warn']), (chunk) => {
    output += chunk
  })
  clearInterval(progress)
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(code === 0 ? ` done in ${seconds} s\n` : '\n')
  if (code === 0) return
  const tail = output.trimEnd().split('\n').slice(-shownLines)
  fail(`npm ci failed after ${seconds} s with exit code ${code}; the end of its output:\n  ${tail.join('\n  ')}`)
}

function fail(message) {
  fs.writeSync(2, `install: ${message}\n`)
  process.exit(1)
}
