import fs from 'node:fs'
import { expect, it } from 'vitest'
import { verifyAudit } from 'wideline/audit'
import { type HardCase, hardCases } from './hard-cases.js'
import { secondVerify } from './second-verifier.js'
import { freshPath, TRUSTED } from './support.js'

const cases = await hardCases()

/** The verdict of the verifier that applications use. */
async function verdictOf({ files, held }: HardCase): Promise<string> {
  const paths = files.map((bytes, i) => {
    const filePath = freshPath(`audit.${i}`)
    fs.writeFileSync(filePath, bytes)
    return filePath
  })
  const given = held === undefined ? {} : { lastCheckpoint: held }
  return (await verifyAudit(paths, { publicKeys: [TRUSTED], ...given })).verdict
}

it('what stands behind a seal, in an unsigned cut and in damage is judged as the format says', async () => {
  const wrong: string[] = []
  for (const one of cases) {
    const { what, files, held, want } = one
    const ours = await verdictOf(one)
    const second = secondVerify(files, [TRUSTED], held)
    if (ours !== want || second !== want) wrong.push(`${what}: ${ours}, ${second}, should be ${want}`)
  }
  expect(wrong).toEqual([])
  const wanted = (want: string): number => cases.filter((one) => one.want === want).length
  expect(wanted('valid')).toBeGreaterThan(30)
  expect(wanted('unanchored')).toBeGreaterThan(7)
  expect(wanted('tampered')).toBeGreaterThan(30)
})
