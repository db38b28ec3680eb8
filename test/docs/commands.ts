import fs from 'node:fs'
import path from 'node:path'
import { type Fence, type Page, ROOT } from './page.js'

interface Manifest {
  readonly version: string
  readonly scripts: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

export const MANIFEST: Manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest

/** Programs of a system that a page may name. */
const OF_THE_SYSTEM =
  'mkdir cd cat grep tail kill openssl jq docker kubectl systemctl journalctl logrotate pm2 duckdb psql export ls'.split(
    ' ',
  )
/** Commands of npm that need no script of ours. */
const OF_NPM = ['init', 'pkg', 'ci', 'pack', 'uninstall']

/** The commands of an `sh` block. */
export interface Commands {
  readonly visits: readonly string[]
  readonly wideline: readonly string[]
  /** What is set before `node`. */
  readonly env: Readonly<Record<string, string>>
  readonly problems: readonly string[]
}

export function commandsOf(fence: Fence, page: Page): Commands {
  const visits: string[] = []
  const wideline: string[] = []
  const env: Record<string, string> = {}
  const problems: string[] = []
  for (const [i, line] of joined(fence.code).entries()) {
    const command = line.replace(/\s+#.*$|^#.*$/, '').trim()
    if (command.startsWith('curl ')) visits.push(command)
    else if (command.startsWith('npx wideline ')) wideline.push(command)
    else if (command !== '') {
      for (const part of command.split(/&&|\||;/)) {
        const words = part.trim().split(/\s+/)
        const wrong = wrongWith(words, page)
        if (words.includes('node')) for (const [, name, value] of part.matchAll(/\b([A-Z_]+)=(\S+)/g)) env[name] = value
        if (wrong !== undefined) problems.push(`${fence.page}:${fence.line + i}: ${wrong}`)
      }
    }
  }
  return { visits, wideline, env, problems }
}

/** What is wrong with a command. */
function wrongWith(words: readonly string[], page: Page): string | undefined {
  const [program, first = '', ...rest] = words.filter((word) => !/^\w+=/.test(word))
  if (program === undefined || OF_THE_SYSTEM.includes(program)) return undefined
  if (program === 'node') {
    const file = [first, ...rest].find((word) => !word.startsWith('-')) ?? ''
    const isNamed = page.prose.some((line) => line.includes(`\`${file}\``)) || fs.existsSync(path.join(ROOT, file))
    return isNamed ? undefined : `the page does not say what ${file} is`
  }
  if (program !== 'npm') return `"${program}" is not known; see test/docs/commands.ts`
  if (first === 'start' || first === 'test' || first === 'run') return wrongScript(first === 'run' ? rest[0] : first)
  if (first === 'install' || first === 'i') {
    const own = { ...MANIFEST.devDependencies, ...MANIFEST.peerDependencies, wideline: '' }
    const unknown = rest.find((name) => !name.startsWith('-') && !(name in own))
    return unknown === undefined ? undefined : `${unknown} is a package that nothing here is tested with`
  }
  return OF_NPM.includes(first) ? undefined : `npm ${first} is not known`
}

/** What is wrong with the name of a script of package.json. */
export function wrongScript(name: string | undefined): string | undefined {
  return name !== undefined && name in MANIFEST.scripts ? undefined : `package.json has no script "${name ?? ''}"`
}

/** Lines with those that end in a backslash put together; what is empty stays, so that numbers of lines hold. */
function joined(lines: readonly string[]): string[] {
  const result = [...lines]
  for (let i = result.length - 2; i >= 0; i--) {
    if (!result[i].endsWith('\\')) continue
    result[i] = `${result[i].slice(0, -1)} ${result[i + 1].trim()}`
    result[i + 1] = ''
  }
  return result
}
