import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLogger, file, json, memory } from 'wideline'
import { freshPath } from '../outputs/folder.js'
import { LOGGER_WAYS, SECRET } from './leak-ways.js'
import { REQUEST_WAYS } from './request-leak-ways.js'

// Every way out for a secret that is known: from our list of threats, and from what other loggers did. Each is tried as it
// is closed, and once more without what closes it, to show that it leads out. Encoders, containers, casings and forms are
// tried at random in leaks.test.ts; how long hostile texts take in patterns.test.ts.

const FORMS = [
  SECRET,
  JSON.stringify(SECRET).slice(1, -1),
  encodeURIComponent(SECRET),
  Buffer.from(SECRET).toString('base64').replace(/=+$/, ''),
  Buffer.from(SECRET).toString('base64url'),
  Buffer.from(SECRET).toString('hex'),
]

/** The text, where the secret is in it. */
const shown = (text: string): string | undefined =>
  FORMS.some((form) => text.includes(form) || text.includes(JSON.stringify(form).slice(1, -1))) ? text : undefined

describe.each([...LOGGER_WAYS, ...REQUEST_WAYS])('a secret $way', ({ written }) => {
  it('is not written', async () => {
    expect(shown(await written(true))).toBeUndefined()
  })

  it('is seen where nothing keeps it in (control)', async () => {
    expect(shown(await written(false))).toBeDefined()
  })
})

describe('a secret in a file', () => {
  it('is not for everybody to read: not the file, its folder, nor what rotation and compression make of it', async () => {
    const target = path.join(path.dirname(freshPath()), 'logs', 'app.log')
    const log = createLogger({
      outputs: [{ output: file(target, { rotate: { maxBytes: 1_024, compress: 'gzip' } }), encoder: json() }],
    })
    for (let i = 0; i < 40; i++) log.warn('m'.repeat(100))
    await log.close()
    const mode = (name: string): number => fs.statSync(name).mode & 0o777
    const folder = path.dirname(target)
    const names = fs.readdirSync(folder)
    expect(names.length).toBeGreaterThan(2)
    expect(mode(folder) & ~0o750).toBe(0)
    expect(names.filter((name) => (mode(path.join(folder, name)) & ~0o640) !== 0)).toEqual([])
  })

  it('is not written to where a link leads that somebody else put there', () => {
    const target = freshPath()
    const elsewhere = freshPath()
    fs.symlinkSync(elsewhere, target)
    expect(() => file(target)).toThrow('ELOOP')
    expect(fs.existsSync(elsewhere)).toBe(false)
  })
})

it('hiding a secret leaves the object of the caller as it is, also when its line fails half-way', () => {
  const output = memory()
  const log = createLogger({ outputs: [{ output, encoder: json() }], redact: ['user.note', '*.deep'] })
  const given = {
    user: { note: SECRET, password: SECRET },
    x: { deep: SECRET },
    y: {
      toJSON(): never {
        throw new Error('x')
      },
    },
  }
  const before = structuredClone({ user: given.user, x: given.x })
  log.info('m', given)
  log.child(given).info('m')
  expect({ user: given.user, x: given.x }).toEqual(before)
  expect(output.lines.filter(shown)).toEqual([])
})
