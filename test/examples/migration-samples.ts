import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

/** The lines that a sample writes: into its file, or to standard output and error where it takes none. */
export async function linesOf(sample: string, program: 'before' | 'after'): Promise<string[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-migrate-'))
  const file = path.join(folder, 'app.log')
  try {
    const child = spawn(process.execPath, [path.join(root, `dist/examples/migrate-${sample}/${program}.js`), file], {
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text))
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
    if (code !== 0) throw new Error(`${sample}/${program} ended with ${code}\n${said}`)
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : said
    return text.trimEnd().split('\n')
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** Keys that say nothing of what is compared: they differ each time, or by machine. */
const LEFT_OUT = new Set(['time', 'timestamp', 'pid', 'hostname'])
/** Values that differ each time. */
const VARYING = /(^|\.)(id|requestId|traceId|spanId|durationMs|responseTime|firstByteMs|remotePort|host)$/
const LEVELS: Readonly<Record<string, string>> = {
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
  log: 'info',
}

/** One line as `level "message" key=value …`, its keys in order, so that lines of two loggers can be compared. */
export function event(line: string): string {
  if (!line.startsWith('{')) return line
  const flat = new Map<string, string>()
  flatten('', JSON.parse(line) as object, flat)
  const take = (...names: string[]): string | undefined => {
    const name = names.find((each) => flat.has(each))
    const value = name === undefined ? undefined : flat.get(name)
    if (name !== undefined) flat.delete(name)
    return value
  }
  const level = take('level') ?? ''
  const message = take('msg', 'message')
  const fields = [...flat].filter(([key]) => !LEFT_OUT.has(key)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const pairs = fields.map(([key, value]) => `${key}=${VARYING.test(key) ? '…' : value}`)
  return [LEVELS[level.replaceAll('"', '')] ?? level.replaceAll('"', ''), message ?? '-', ...pairs].join(' ')
}

function flatten(prefix: string, value: object, into: Map<string, string>): void {
  for (const [key, each] of Object.entries(value) as [string, unknown][]) {
    const name = `${prefix}${key}`
    // Headers are many and differ by client: that there are some is what counts.
    if (key === 'headers') into.set(name, '…')
    else if (typeof each === 'object' && each !== null && Object.keys(each).length > 0) flatten(`${name}.`, each, into)
    else into.set(name, JSON.stringify(typeof each === 'string' ? each.split('\n    at ')[0] : each))
  }
}

/** Both samples' events as one difference: what only one of them has is marked. Lines of the boot are left out. */
export function difference(before: readonly string[], after: readonly string[]): string {
  const left = before.filter(isOwn).map(event)
  const right = after.filter(isOwn).map(event)
  // The longest common subsequence, by the usual table.
  const table = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0))
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      table[i][j] = left[i] === right[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1])
  const lines: string[] = []
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push(`  ${left[i++]}`)
      j++
    } else if (i < left.length && (j >= right.length || table[i + 1][j] >= table[i][j + 1]))
      lines.push(`- ${left[i++]}`)
    else lines.push(`+ ${right[j++]}`)
  }
  return lines.join('\n')
}

function isOwn(line: string): boolean {
  return !/"(NestFactory|InstanceLoader|RoutesResolver|RouterExplorer|NestApplication)"/.test(line)
}

/** The `diff` block of a page. UPDATE_GOLDEN=1 writes it instead. */
export function shownDifference(page: string, made: string): string {
  const file = path.join(root, 'docs', page)
  const text = fs.readFileSync(file, 'utf8')
  const block = /```diff\n([^]*?)\n```/
  if (process.env['UPDATE_GOLDEN'] === '1')
    fs.writeFileSync(
      file,
      text.replace(block, () => `\`\`\`diff\n${made}\n\`\`\``),
    )
  return block.exec(fs.readFileSync(file, 'utf8'))?.[1] ?? ''
}
