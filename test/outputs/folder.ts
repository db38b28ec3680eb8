import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-test-'))
let count = 0

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** A path of its own, where nothing is yet, in a folder that is removed after the tests of this file. */
export function freshPath(name = 'app.log'): string {
  const own = path.join(folder, String(++count))
  fs.mkdirSync(own)
  return path.join(own, name)
}
