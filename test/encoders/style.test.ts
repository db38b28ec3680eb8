import { afterEach, describe, expect, it, vi } from 'vitest'
import { pretty } from 'wideline'
import { wantsColour } from '../../src/encoders/style.js'
import { write } from './lines.js'

afterEach(() => vi.unstubAllEnvs())

/** Of the environment alone, where standard output is a terminal and where it is none. */
const CASES: readonly { env: Record<string, string>; terminal: boolean; pipe: boolean }[] = [
  { env: {}, terminal: true, pipe: false },
  { env: { TERM: 'xterm-256color' }, terminal: true, pipe: false },
  { env: { TERM: 'dumb' }, terminal: false, pipe: false },
  { env: { NO_COLOR: '' }, terminal: true, pipe: false },
  { env: { NO_COLOR: '1' }, terminal: false, pipe: false },
  { env: { NO_COLOR: '0' }, terminal: false, pipe: false },
  { env: { NO_COLOR: 'false' }, terminal: false, pipe: false },
  { env: { FORCE_COLOR: '' }, terminal: true, pipe: false },
  { env: { FORCE_COLOR: '0' }, terminal: false, pipe: false },
  { env: { FORCE_COLOR: 'false' }, terminal: false, pipe: false },
  { env: { FORCE_COLOR: '1' }, terminal: true, pipe: true },
  { env: { FORCE_COLOR: '3' }, terminal: true, pipe: true },
  { env: { FORCE_COLOR: 'true' }, terminal: true, pipe: true },
  { env: { FORCE_COLOR: '1', NO_COLOR: '1' }, terminal: true, pipe: true },
  { env: { FORCE_COLOR: '0', NO_COLOR: '' }, terminal: false, pipe: false },
  { env: { FORCE_COLOR: '', NO_COLOR: '1' }, terminal: false, pipe: false },
  { env: { FORCE_COLOR: '1', TERM: 'dumb' }, terminal: true, pipe: true },
]

describe('lines for people are coloured', () => {
  it.each(CASES)('with $env on a terminal: $terminal, elsewhere: $pipe', ({ env, terminal, pipe }) => {
    expect([wantsColour(true, env), wantsColour(false, env)]).toEqual([terminal, pipe])
  })

  it.each([
    { env: { FORCE_COLOR: '1' }, options: undefined, want: true },
    { env: { FORCE_COLOR: '0' }, options: undefined, want: false },
    { env: { FORCE_COLOR: '0', NO_COLOR: '1' }, options: { colour: true }, want: true },
    { env: { FORCE_COLOR: '1' }, options: { colour: false }, want: false },
  ])('by what the process is told ($env), unless an option says it: $options', ({ env, options, want }) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    const { logger, lines } = write(pretty(options))
    logger.warn('m')
    expect(lines[0].includes('\u001b[')).toBe(want)
  })
})
