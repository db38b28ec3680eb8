import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundedStack } from '../../src/encoders/stack-frames.js'

const FRAME = /^\s+at /

/** Line by line, without a look ahead. */
function boundedSlowly(stack: string, frames: number): string {
  const lines = stack.split('\n')
  const places = [...lines.keys()].filter((i) => FRAME.test(lines[i]))
  if (places.length <= frames) return stack
  return [...lines.slice(0, places[frames]), `    … ${places.length - frames} more`].join('\n')
}

describe('the bound on the frames of a stack', () => {
  it.each([0, 1, 2, 50, 200])('leaves %i of them, however short they are', (frames) => {
    for (const count of [0, frames - 1, frames, frames + 1, frames + 2].filter((each) => each >= 0)) {
      const stack = `E${'\n at '.repeat(count)}`
      expect(boundedStack(stack, frames)).toBe(boundedSlowly(stack, frames))
    }
  })

  it('is the same for any lines before, between and behind them', () => {
    const line = fc.constantFrom('', ' ', ' at ', '    at f (file.js:1:2)', 'at x', 'a message', '\tat y')
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 40 }), fc.integer({ min: 0, max: 20 }), (lines, frames) => {
        const stack = ['Error: a message', ...lines].join('\n')
        expect(boundedStack(stack, frames)).toBe(boundedSlowly(stack, frames))
      }),
      { numRuns: 2000 },
    )
  })
})
