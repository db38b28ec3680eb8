import { describe, expect, it } from 'vitest'
import { sendLetters } from './letters.js'

/** `npm run test:letters` sends a million. */
const REQUESTS = Number(process.env['WIDELINE_LETTERS'] ?? 50_000)

describe(`${REQUESTS} requests, each with a letter of its own, on poisoned pools`, () => {
  it(
    'have a line each, none holds the letter of another, and every pool is as it was',
    { timeout: 3_600_000 },
    async () => {
      const { wideLines, crossings, hasPoison, missing, doubled, records, logger } = await sendLetters(REQUESTS)
      expect({ wideLines, crossings, hasPoison, missing, doubled }).toEqual({
        wideLines: REQUESTS,
        crossings: [],
        hasPoison: false,
        missing: 0,
        doubled: 0,
      })
      expect(records).toMatchObject({ outstanding: 0, misuses: 0, hits: REQUESTS - records.misses })
      expect(records.misses).toBeLessThanOrEqual(300)
      expect(logger.stats()).toMatchObject({
        entries: { outstanding: 0 },
        buffers: { outstanding: 0, misuses: 0 },
        held: { outstanding: 0, misuses: 0 },
        problems: 0,
        dropped: 0,
      })
    },
  )
})

describe('the letters (control)', () => {
  it.each([
    {
      name: 'a letter of another request on a line',
      spoil: (line: string) => (line.includes('L42E') ? line.replace('"method"', '"x":"L43E","method"') : line),
      want: { crossings: [expect.stringContaining('L43E')] },
    },
    {
      name: 'bytes that were released',
      spoil: (line: string) => line.replace('"GET"', '"Û"'),
      want: { hasPoison: true },
    },
    {
      name: 'a line that is lost',
      spoil: (line: string) => (line.includes('L7E') ? '' : line),
      want: { missing: 1 },
    },
    {
      name: 'a line that is there twice',
      spoil: (line: string) => line.replaceAll('L8E', 'L18E'),
      want: { doubled: 1 },
    },
  ])('find $name', async ({ spoil, want }) => {
    expect(await sendLetters(60, spoil)).toMatchObject(want)
  })
})
