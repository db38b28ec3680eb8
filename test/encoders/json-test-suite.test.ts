import { describe, expect, it } from 'vitest'
import { json } from 'wideline'
import { jsonTestSuite } from './corpora.js'
import { write } from './lines.js'
import { strictParse } from './strict-json.js'

const valid = jsonTestSuite('y_')
const either = jsonTestSuite('i_')

/** A value's JSON text with every text well formed: what a lone surrogate becomes is documented. */
function wellFormed(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? each.toWellFormed() : each))
}

function logged(value: unknown): unknown {
  const { logger, lines, problems } = write(json())
  logger.info('m', { value })
  expect(problems).toEqual([])
  return (strictParse(lines[0]) as { value: unknown }).value
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    // A parser may refuse these files, and this one did.
    return undefined
  }
}

const SKIPPED = 'skipped: no corpora (WIDELINE_CONFORMANCE names their folder)'

// Without corpora these pass without a file to try, and the first says so.
describe('the value of a file of JSONTestSuite', () => {
  it.each([valid === undefined ? SKIPPED : 'is there'])('%s', () => {
    expect(valid?.length ?? 95).toBe(95)
    expect(either?.length ?? 31).toBeGreaterThan(30)
  })

  it('comes back from a line as it was parsed', () => {
    const wrong = (valid ?? []).filter(({ text }) => {
      const value: unknown = JSON.parse(text)
      return JSON.stringify(logged(value)) !== wellFormed(value)
    })
    expect(wrong).toEqual([])
  })

  it('gives a valid line if it can be parsed, and as text in any case', () => {
    for (const { text } of either ?? []) {
      const value = parsed(text)
      if (value !== undefined) expect(logged(value.value)).toBeDefined()
      expect(logged(text)).toBe(text.toWellFormed())
    }
  })
})
