import fs from 'node:fs'
import path from 'node:path'
import { commandsOf } from './commands.js'
import { type Fence, type Page, ROOT } from './page.js'

/** A line of a program, and the line of the page it comes from. */
export interface SourceLine {
  readonly text: string
  readonly line: number
}

/** One module: a snippet with what its notes add, and the snippets that go on where it ended. */
export interface Program {
  readonly page: string
  readonly line: number
  readonly source: SourceLine[]
  /** Why it is compiled only. */
  notRun: string | undefined
  /** `curl` commands that are sent to it as requests when it listens. */
  readonly visits: string[]
  /** `npx wideline` commands that are run in its folder when it has ended. */
  readonly commands: string[]
  /** What the commands set before `node`. */
  readonly env: Record<string, string>
  /** The lines that the page shows as its output, and those as the output of its commands. */
  readonly shown: string[]
  readonly shownByCommands: string[]
}

const NOTES = ['before', 'with', 'after', 'continues', 'curl', 'not run', 'not checked']
const CODE = ['ts', 'js']
const OUTPUT = ['json', 'text']

/** The programs of a page, and what is wrong with its blocks apart from them. */
export interface Programs {
  readonly programs: readonly Program[]
  readonly problems: readonly string[]
}

export function programsOf(page: Page): Programs {
  const programs: Program[] = []
  const problems: string[] = []
  let section = -1
  let isCommands = false
  for (const fence of page.fences) {
    const where = `${page.name}:${fence.line}`
    const program = fence.section === section ? programs.at(-1) : undefined
    for (const { name, text } of fence.notes) {
      if (!NOTES.includes(name)) problems.push(`${where}: no note is called "${name}"`)
      if (name.startsWith('not ') && text === '') problems.push(`${where}: "${name}" gives no reason`)
    }
    if (textsOf(fence, 'not checked').length > 0) continue
    if (CODE.includes(fence.language)) {
      isCommands = false
      addCode(programs, fence)
      section = fence.section
    } else if (fence.language === 'sh') {
      const { visits, wideline, env, problems: wrong } = commandsOf(fence, page)
      problems.push(...wrong)
      if (visits.length + wideline.length > 0 && program === undefined)
        problems.push(`${where}: no program stands above these commands`)
      program?.visits.push(...visits)
      program?.commands.push(...wideline)
      Object.assign(program?.env ?? {}, env)
      isCommands = wideline.length > 0
    } else if (OUTPUT.includes(fence.language)) {
      if (program !== undefined) (isCommands ? program.shownByCommands : program.shown).push(...fence.code)
      else if (fence.language === 'json' && !isJson(fence.code)) problems.push(`${where}: is no JSON`)
    }
  }
  for (const { notRun, line, visits, commands, shown } of programs)
    if (notRun !== undefined && visits.length + commands.length + shown.length > 0)
      problems.push(`${page.name}:${line}: is not run, and says what happens when it does`)
  return { programs, problems }
}

function addCode(programs: Program[], fence: Fence): void {
  const { page, line } = fence
  const last = programs.at(-1)
  let program: Program
  if (last !== undefined && fence.notes.some(({ name }) => name === 'continues')) program = last
  else {
    const empty = { source: [], visits: [], commands: [], env: {}, shown: [], shownByCommands: [] }
    programs.push((program = { page, line, notRun: undefined, ...empty }))
  }
  for (const note of fence.notes) {
    if (note.name === 'before') addLines(program, note.text, note.line)
    else if (note.name === 'with') addLines(program, fs.readFileSync(path.join(ROOT, note.text), 'utf8'), note.line)
  }
  addLines(program, fence.code.join('\n'), line)
  for (const note of fence.notes) if (note.name === 'after') addLines(program, note.text, note.line)
  program.visits.push(...textsOf(fence, 'curl').map((text) => `curl ${text}`))
  program.notRun ??= textsOf(fence, 'not run')[0]
}

function addLines({ source }: Program, code: string, first: number): void {
  for (const [i, text] of code.split('\n').entries()) {
    if (text.includes('// does not compile')) source.push({ text: '// @ts-expect-error', line: first + i })
    source.push({ text, line: first + i })
  }
}

function textsOf(fence: Fence, name: string): string[] {
  return fence.notes.filter((note) => note.name === name).map(({ text }) => text)
}

function isJson(code: readonly string[]): boolean {
  try {
    JSON.parse(code.join('\n'))
    return true
  } catch {
    return false
  }
}
