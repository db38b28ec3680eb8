import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { MANIFEST } from './commands.js'
import { ROOT } from './page.js'

const SECTIONS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']

/** What is wrong with a changelog that is to have the form of Keep a Changelog. */
function problemsOf(text: string, version: string): string[] {
  const problems: string[] = []
  const [first, ...releases] = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
  if (first !== '[Unreleased]') problems.push('does not begin with [Unreleased]')
  const dates = releases.map((heading) => /^\[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d)$/.exec(heading)?.[1] ?? '')
  if (dates.includes('')) problems.push('has a release without version and date')
  if (dates.toSorted().toReversed().join() !== dates.join()) problems.push('has the newest release not first')
  if (!releases[0]?.startsWith(`[${version}]`)) problems.push(`says nothing of ${version}`)
  for (const part of text.split(/^## /m).slice(1)) {
    const sections = [...part.matchAll(/^### (.*)$/gm)].map(([, name]) => name)
    if (sections.some((name) => !SECTIONS.includes(name))) problems.push('has a section of no known name')
    if (new Set(sections).size < sections.length) problems.push('has a section twice')
  }
  return problems
}

describe('CHANGELOG.md', () => {
  it('has the form of Keep a Changelog, and a release for the version of package.json', () => {
    expect(problemsOf(fs.readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8'), MANIFEST.version)).toEqual([])
  })

  it.each([
    { text: '## [0.1.0] - 2026-01-01\n', want: 'does not begin with [Unreleased]' },
    { text: '## [Unreleased]\n## 0.1.0\n', want: 'has a release without version and date' },
    {
      text: '## [Unreleased]\n## [0.1.0] - 2026-01-01\n## [0.0.9] - 2026-02-01\n',
      want: 'has the newest release not first',
    },
    { text: '## [Unreleased]\n## [0.0.9] - 2026-02-01\n', want: 'says nothing of 0.1.0' },
    { text: '## [Unreleased]\n### News\n## [0.1.0] - 2026-01-01\n', want: 'has a section of no known name' },
    { text: '## [Unreleased]\n## [0.1.0] - 2026-01-01\n### Added\n### Added\n', want: 'has a section twice' },
  ])('is told where it $want (control)', ({ text, want }) => {
    expect(problemsOf(text, '0.1.0')).toContain(want)
  })
})
