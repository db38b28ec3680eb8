import { type AuditProblemKind, linesText } from './problem.js'

/** A stretch of lines that is not what it was, by the line numbers of now. */
export interface Damage {
  readonly kind: AuditProblemKind
  readonly line: number
  readonly lastLine: number
  readonly message: string
}

/**
 * Says what happened to a stretch of lines, from the marks they should have and the marks they have.
 *
 * @param first - Number of the first of these lines in the file as it is.
 * @returns nothing if the marks are the same: the lines are well, or were changed with skill.
 */
export function nameDamage(want: Int32Array, got: Int32Array, first: number): Damage[] {
  const shorter = Math.min(want.length, got.length)
  let head = 0
  while (head < shorter && want[head] === got[head]) head++
  let tail = 0
  while (tail < shorter - head && want[want.length - 1 - tail] === got[got.length - 1 - tail]) tail++
  const wanted = want.subarray(head, want.length - tail)
  const found = got.subarray(head, got.length - tail)
  const line = first + head
  const lastLine = line + found.length - 1
  if (wanted.length === 0 && found.length === 0) return []
  if (found.length === 0) {
    const many = wanted.length === 1 ? '1 line is' : `${wanted.length} lines are`
    return [{ kind: 'lines-missing', line, lastLine: line, message: `${many} missing before line ${line}` }]
  }
  const text = linesText(line, lastLine)
  if (wanted.length === 0) {
    const known = new Set(want)
    const isCopy = found.every((mark) => known.has(mark))
    return isCopy
      ? [
          {
            kind: 'lines-duplicated',
            line,
            lastLine,
            message: `${text} repeated: such lines were signed, but not here`,
          },
        ]
      : [
          {
            kind: 'lines-inserted',
            line,
            lastLine,
            message: `${text} inserted: not there when the checkpoint was signed`,
          },
        ]
  }
  if (wanted.length === found.length) {
    const sorted = found.toSorted()
    const isPermuted = wanted.toSorted().every((mark, i) => mark === sorted[i])
    return isPermuted
      ? [{ kind: 'lines-reordered', line, lastLine, message: `${text} are in another order than they were signed` }]
      : changedRuns(wanted, found, line)
  }
  const message = `${text} differ from the ${wanted.length} that were signed in their place`
  return [{ kind: 'lines-changed', line, lastLine, message }]
}

/** Each run of lines that differ one by one. */
function changedRuns(wanted: Int32Array, found: Int32Array, first: number): Damage[] {
  const runs: Damage[] = []
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === found[i]) continue
    let end = i
    while (end + 1 < wanted.length && wanted[end + 1] !== found[end + 1]) end++
    const [line, lastLine] = [first + i, first + end]
    runs.push({
      kind: 'lines-changed',
      line,
      lastLine,
      message: `${linesText(line, lastLine)} changed after being signed`,
    })
    i = end
  }
  return runs
}
