import { expect, it } from 'vitest'
import { secondVerify } from './second-verifier.js'
import { judge, linesOf, makeFile, TRUSTED } from './support.js'

const CHANGES = 400
const files = [await makeFile(9, { checkpointEvery: 4 }), await makeFile(6, { checkpointEvery: 3 })]

/** Numbers that look random, the same in every run. */
function* numbers(seed: number): Generator<(below: number) => number> {
  let state = seed
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 4) % below
  }
  for (;;) yield next
}

it('two verifiers that share no code agree on files that were changed at random', () => {
  const { value: random } = numbers(20261125).next() as { value: (below: number) => number }
  const counts = { valid: 0, unanchored: 0, tampered: 0 }
  for (let i = 0; i < CHANGES; i++) {
    const { bytes, note } = files[random(2)]
    let lines = linesOf(bytes)
    for (let change = random(3); change >= 0; change--) {
      const at = random(lines.length)
      const other = linesOf(files[random(2)].bytes)
      const kind = random(7)
      if (kind === 0) lines.splice(at, 1)
      else if (kind === 1) lines.splice(at, 0, lines[random(lines.length)])
      else if (kind === 2) [lines[at], lines[random(lines.length)]] = [lines[random(lines.length)], lines[at]]
      else if (kind === 3) lines = lines.slice(0, at + 1)
      else if (kind === 4) lines.splice(at, 0, other[random(other.length)])
      else if (kind === 5 && lines[at].length > 0) {
        lines[at] = Buffer.from(lines[at])
        lines[at][random(lines[at].length)] ^= 1 << random(8)
      } else lines[at] = lines[at].subarray(0, random(lines[at].length + 1))
      if (lines.length === 0) lines.push(Buffer.from('\n'))
    }
    const changed = Buffer.concat(lines)
    const held = random(2) === 0 ? note : undefined
    const ours = judge(changed, held).verdict
    const theirs = secondVerify([changed], [TRUSTED], held)
    if (ours !== theirs)
      expect.fail(`change ${i}: ${ours}, and the second verifier says ${theirs}\n${changed.toString()}`)
    counts[theirs]++
  }
  expect(counts.tampered).toBeGreaterThan(200)
  expect(counts.unanchored).toBeGreaterThan(10)
})
