import { beforeAll, describe, expect, it } from 'vitest'
import { difference } from './compare.js'
import { compile } from './compile.js'
import { deadLinks, reached } from './links.js'
import { wrongOptions } from './options.js'
import { pageNames, parsePage, readPage } from './page.js'
import { type Program, programsOf } from './program.js'
import { type Ran, runAll } from './run.js'

const pages = pageNames().map((name) => ({ page: readPage(name), ...programsOf(readPage(name)) }))
const planted = { page: readPage('test/docs/planted.md'), ...programsOf(readPage('test/docs/planted.md')) }

/** What the compiler says to each program, and how each ended: all pages, and the wrong one, are one compilation. */
let wrong: ReadonlyMap<Program, readonly string[]>
let ran: ReadonlyMap<Program, Ran>
beforeAll(async () => {
  const programs = [...pages, planted].flatMap((each) => each.programs)
  wrong = await compile(programs)
  ran = await runAll(programs.filter(({ notRun }) => notRun === undefined))
}, 240_000)

/** What is wrong with how a program ended, or with what the page says that it writes. */
function problemOf(program: Program): string | undefined {
  const { code, stdout, stderr, byCommands } = ran.get(program)!
  if (code !== 0 || stderr !== '') return `ended with ${code}\n${stdout}${stderr}`
  const own = program.shown.length === 0 ? undefined : difference(program.shown, stdout)
  return own ?? (program.shownByCommands.length === 0 ? undefined : difference(program.shownByCommands, byCommands))
}

describe.each(pages)('$page.name', ({ page, programs, problems }) => {
  it('names commands, files, links, pages and options that exist', () => {
    expect([...problems, ...deadLinks(page), ...wrongOptions(page)]).toEqual([])
  })

  it('has no snippet that does not compile', () => {
    expect(programs.flatMap((program) => wrong.get(program))).toEqual([])
  })

  for (const program of programs.filter(({ notRun }) => notRun === undefined)) {
    it(`has a snippet at line ${program.line} that runs, and writes what it shows`, () => {
      expect(problemOf(program)).toBeUndefined()
    })
  }
})

it('starts applications of Nest where nothing can be awaited at the top: those of `nest new` are CommonJS', () => {
  const starting = pages
    .flatMap(({ programs }) => programs)
    .filter(({ source }) => source.some(({ text }) => text.includes('NestFactory.create')))
  expect(starting.length).toBeGreaterThanOrEqual(5)
  const awaited = starting.flatMap(({ page, source }) =>
    source.filter(({ text }) => /^(?:\S.* )?await /.test(text)).map(({ line }) => `${page}:${line}`),
  )
  expect(awaited).toEqual([])
})

it('leads a reader of the README to every page', () => {
  const found = reached('README.md', readPage)
  expect(pageNames().filter((name) => !found.has(name))).toEqual([])
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
      expect.stringMatching(/^test\/docs\/planted\.md:58: error TS2578: Unused '@ts-expect-error' directive/),
    ])
  })

  it('finds a snippet that throws, never settles or complains, and goes on with those after it', () => {
    expect(problemOf(named('Never settles'))).toMatch(/ended with 13/)
    expect(problemOf(named('Ends the process in its midst'))).toMatch(/ended with 1[^]*too late/)
    expect(problemOf(named('Complains'))).toMatch(/ended with 0\ndeprecated/)
    expect(problemOf(named('Throws'))).toMatch(/ended with 1[^]*OptionError/)
  })

  it('finds output that differs, also that of a server', () => {
    expect(problemOf(named('Differs'))).toMatch(/"orderId":43}\nwritten:\n[^]*"orderId":42}/)
    expect(problemOf(named('Differs, of a server'))).toMatch(/shown:\nGET \/orders\/42\nwritten:\nlistening/)
  })

  it('finds a page that no link leads to', () => {
    const texts = new Map([
      ['README.md', '[a](docs/a.md#heading) [b](https://example.org/docs/c.md)'],
      ['docs/a.md', '[home](../README.md) [b](b.md)'],
      ['docs/b.md', ''],
      ['docs/c.md', ''],
    ])
    const found = reached('README.md', (name) => parsePage(name, texts.get(name)!))
    expect([...texts.keys()].filter((name) => !found.has(name))).toEqual(['docs/c.md'])
  })

  it('finds commands, notes, links, names and options that nobody knows', () => {
    expect(
      [...planted.problems, ...deadLinks(planted.page), ...wrongOptions(planted.page)].map((text) =>
        text.replace(/^\S+ /, ''),
      ),
    ).toEqual([
      'package.json has no script "no-such-script"',
      'left-pad is a package that nothing here is tested with',
      '"frobnicate" is not known; see test/docs/commands.ts',
      '"not run" gives no reason',
      'no note is called "bevore"',
      'is not run, and says what happens when it does',
      'no-such-page.md leads nowhere',
      'planted.md#no-such-heading leads nowhere',
      'there is no test/docs/no-such-file.ts',
      'package.json has no script "nothing"',
      'the package has no wideline/nothing',
      'nothing reads WIDELINE_NOTHING_READS_THIS_',
      'forMs is not said',
      'forever is no option',
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
