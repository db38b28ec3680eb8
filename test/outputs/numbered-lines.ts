/**
 * What is wrong with a log of `{"n":0}`, `{"n":1}` and so on: lines that are missing, twice, torn, glued or out of order.
 * Empty when every line is there once, whole, ended by a newline.
 */
export function lineProblems(text: string, count: number): string[] {
  const problems: string[] = []
  if (text !== '' && !text.endsWith('\n')) problems.push('the last line has no newline')
  const lines = text.split('\n').filter((line) => line !== '')
  let next = 0
  for (const [i, line] of lines.entries()) {
    const n = numberOf(line)
    if (n === undefined) problems.push(`line ${i} cannot be read: ${line.slice(0, 80)}`)
    else if (n !== next) problems.push(`line ${i} is number ${n}, not ${next}`)
    next = (n ?? next) + 1
    if (problems.length > 5) break
  }
  if (lines.length !== count) problems.push(`${lines.length} lines of ${count}`)
  return problems
}

function numberOf(line: string): number | undefined {
  try {
    const { n } = JSON.parse(line) as { n?: unknown }
    return typeof n === 'number' ? n : undefined
  } catch {
    // Torn or glued: the caller tells.
    return undefined
  }
}
