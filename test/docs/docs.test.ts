import { beforeAll, describe, expect, it } from 'vitest'
import { compile } from './compile.js'
import { deadLinks } from './links.js'
import { wrongTables } from './options.js'
import { pageNames, readPage } from './page.js'
import { type Program, programsOf } from './program.js'
import { difference, run } from './run.js'

const pages = pageNames().map((name) => ({ page: readPage(name), ...programsOf(readPage(name)) }))
const planted = { page: readPage('test/docs/planted.md'), ...programsOf(readPage('test/docs/planted.md')) }

/** What the compiler says to each program: all pages, and the wrong one, are one compilation. */
let wrong: ReadonlyMap<Program, readonly string[]>
beforeAll(async () => {
  wrong = await compile([...pages, planted].flatMap(({ programs }) => programs))
}, 120_000)

/** Runs a program and compares what it writes with what the page shows. */
async function outcome(program: Program): Promise<string | undefined> {
  const { code, stdout, stderr, byCommands } = await run(program)
  if (code !== 0 || stderr !== '') return `ended with ${code}\n${stdout}${stderr}`
  const own = program.shown.length === 0 ? undefined : difference(program.shown, stdout)
  return own ?? (program.shownByCommands.length === 0 ? undefined : difference(program.shownByCommands, byCommands))
}

describe.each(pages)('$page.name', ({ page, programs, problems }) => {
  it('names commands, files, links, pages and options that exist', () => {
    expect([...problems, ...deadLinks(page), ...wrongTables(page)]).toEqual([])
  })

  it('has no snippet that does not compile', () => {
    expect(programs.flatMap((program) => wrong.get(program))).toEqual([])
  })

  for (const program of programs.filter(({ notRun }) => notRun === undefined)) {
    it.concurrent(
      `runs the snippet at line ${program.line}, and shows what it writes`,
      { timeout: 60_000 },
      async () => {
        expect(await outcome(program)).toBeUndefined()
      },
    )
  }
})

describe('what is held (control)', () => {
  const named = (heading: string): Program => {
    const at = planted.page.prose.indexOf(`## ${heading}`) + 1
    return planted.programs.find(({ line }) => line > at)!
  }

  it('finds a snippet that does not compile, and one that does although it should not', () => {
    const said = planted.programs.flatMap((program) => wrong.get(program)!)
    expect(said).toEqual([
      expect.stringMatching(/^test\/docs\/planted\.md:10: error TS\d+: Property 'inof' does not exist/),
      expect.stringMatching(/^test\/docs\/planted\.md:38: error TS2578: Unused '@ts-expect-error' directive/),
    ])
  })

  it('finds a snippet that throws', async () => {
    expect(await outcome(named('Throws'))).toMatch(/ended with 1[^]*OptionError/)
  })

  it('finds output that differs, also that of a server', async () => {
    expect(await outcome(named('Differs'))).toMatch(/"orderId":43}\nwritten:\n[^]*"orderId":42}/)
    expect(await outcome(named('Differs, of a server'))).toMatch(/shown:\nGET \/orders\/42\nwritten:\nlistening/)
  })

  it('finds commands, notes, links, names and options that nobody knows', () => {
    expect(
      [...planted.problems, ...deadLinks(planted.page), ...wrongTables(planted.page)].map((text) =>
        text.replace(/^\S+ /, ''),
      ),
    ).toEqual([
      'package.json has no script "no-such-script"',
      'left-pad is a package that nothing here is tested with',
      '"frobnicate" is not known; see test/docs/commands.ts',
      '"not run" gives no reason',
      'no note is called "bevore"',
      'no-such-page.md leads nowhere',
      'planted.md#no-such-heading leads nowhere',
      'there is no test/docs/no-such-file.ts',
      'package.json has no script "nothing"',
      'the package has no wideline/nothing',
      'nothing reads WIDELINE_NOTHING_READS_THIS_',
      'forMs is not in the table',
      'forever is none of SetLevelOptions',
    ])
  })
})

describe('output that is shown', () => {
  it.each([
    {
      name: 'times, durations and ids',
      shown: ['{"time":"2026-11-23T02:52:15.206Z","durationMs":1.5,"requestId":"a1"}'],
    },
    { name: 'a line left out', shown: ['…'] },
    { name: 'a part of a line left out', shown: ['{"time":…}'] },
  ])('may differ in $name', ({ shown }) => {
    expect(difference(shown, '{"time":"2027-01-01T00:00:00.000Z","durationMs":22,"requestId":"zz"}\n')).toBeUndefined()
  })

  it.each([
    { name: 'a line more', shown: ['{"a":1}'], written: '{"a":1}\n{"a":2}\n' },
    { name: 'a line less', shown: ['{"a":1}', '{"a":2}'], written: '{"a":1}\n' },
    { name: 'another order', shown: ['{"a":1,"b":2}'], written: '{"b":2,"a":1}\n' },
    { name: 'nothing', shown: ['{"a":1}'], written: '' },
  ])('may not differ in $name', ({ shown, written }) => {
    expect(difference(shown, written)).toMatch(/^shown:/)
  })
})
