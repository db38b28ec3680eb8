import { describe, expect, it } from 'vitest'
import { lineProblems } from './numbered-lines.js'

const LINES = ['{"n":0}', '{"n":1}', '{"n":2}', '{"n":3}']
const whole = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

// The checker behind every test of loss. A checker that is blind makes all of them worthless.
describe('the loss checker (control)', () => {
  it.each([
    { name: 'a line is missing', input: whole(LINES.filter((_, i) => i !== 2)) },
    { name: 'the last line is missing', input: whole(LINES.slice(0, 3)) },
    { name: 'the first line is missing', input: whole(LINES.slice(1)) },
    { name: 'everything is missing', input: '' },
    { name: 'a line is there twice', input: whole([...LINES.slice(0, 2), ...LINES.slice(1)]) },
    { name: 'two lines changed places', input: whole(['{"n":0}', '{"n":2}', '{"n":1}', '{"n":3}']) },
    { name: 'two lines are glued', input: whole(LINES).replace('\n', '') },
    { name: 'the last line is torn', input: whole(LINES).slice(0, -4) },
    { name: 'the last newline is missing', input: whole(LINES).slice(0, -1) },
    { name: 'a foreign line stands between', input: whole([...LINES.slice(0, 2), '{"m":7}', ...LINES.slice(2)]) },
  ])('tells that $name', ({ input }) => {
    expect(lineProblems(input, 4)).not.toEqual([])
  })

  it('tells nothing when every line is there', () => {
    expect(lineProblems(whole(LINES), 4)).toEqual([])
    expect(lineProblems('', 0)).toEqual([])
  })
})
