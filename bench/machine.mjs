// What a reader must know about a run to judge its figures.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import os from 'node:os'
import { resolve } from 'node:path'

/** Load averages of the last 1, 5 and 15 minutes. */
export const loadAverage = () => os.loadavg().map((load) => Number(load.toFixed(2)))

export function describeMachine() {
  const cpus = os.cpus()
  return {
    date: new Date().toISOString(),
    node: process.version,
    v8: process.versions.v8,
    platform: `${os.platform()} ${os.arch()}`,
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    commit: git('rev-parse', '--short', 'HEAD'),
    hasUncommittedChanges: hasUncommittedChanges(),
  }
}

/**
 * The node binary that `--node` names, or this one: its path, its versions for a result's `machine`, and what a result's
 * file is called after it.
 */
export function describeNode(asked) {
  if (asked === undefined) return { node: process.execPath, versions: shown(process.versions), suffix: '' }
  const node = resolve(asked)
  if (!existsSync(node)) throw new Error(`--node: there is no ${node}`)
  const versions = JSON.parse(execFileSync(node, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8' }))
  return { node, versions: shown(versions), suffix: `-node${versions.node.split('.')[0]}` }
}

const shown = ({ node, v8 }) => ({ node: `v${node}`, v8 })

// The results folder is left out: writing it is what a run does.
function hasUncommittedChanges() {
  const status = git('status', '--porcelain', '--', ':/', ':(top,exclude)bench/results')
  return status === null ? null : status !== ''
}

function git(...words) {
  try {
    return execFileSync('git', words, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return null // not a clone, no commit yet, or no git: the report says "unknown"
  }
}
