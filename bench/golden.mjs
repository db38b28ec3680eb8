// Before anything is timed, every line an entrant writes in a scenario is compared with what it had to say. The
// calls go through the same batch runner as the timed ones, into a real file.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTask, outputsOf, runBatch } from './batch.mjs'

const usualCalls = 3000 // enough to fill a block several times over, so a torn or lost line between blocks shows

/** Throws unless `entrant` writes exactly the lines `scenario` wants. */
export async function checkGoldenLines(name, entrant, scenario, core) {
  const folder = mkdtempSync(join(tmpdir(), 'wideline-bench-'))
  try {
    const paths = Array.from({ length: outputsOf(scenario) }, (_, i) => join(folder, `golden-${i}.log`))
    const task = await openTask(entrant, scenario, paths, core)
    await runBatch(task, scenario.goldenCalls ?? usualCalls)
    await task.close()
    for (const path of paths) compareLines(readFileSync(path, 'utf8'), entrant, scenario)
  } catch (error) {
    throw new Error(`${name} does not write what scenario ${scenario.name} wants: ${error.message}`, { cause: error })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function compareLines(text, entrant, scenario) {
  const lines = text === '' ? [] : text.split('\n')
  if (lines.length > 0) assert.equal(lines.pop(), '', 'the last line is not ended')
  const calls = scenario.goldenCalls ?? usualCalls
  const wanted = Array.from({ length: calls }, (_, i) => scenario.want(i)).filter((want) => want !== null)
  assert.equal(lines.length, wanted.length, `${lines.length} lines, wanted ${wanted.length}`)
  wanted.forEach((want, i) => compareLine(entrant.readLine(JSON.parse(lines[i])), want))
}

function compareLine(line, want) {
  assert.equal(line.level, want.level)
  if (want.error === undefined) {
    assert.equal(line.msg, want.msg)
    assert.deepEqual({ ...want.optional, ...line.fields }, { ...want.fields, ...want.optional })
  } else {
    // Each logger has its own place for an error, and winston adds its message to the line's. All of it must be there.
    assert.ok(line.msg.startsWith(want.msg), `msg is ${line.msg}`)
    const said = stringsIn(line)
    const errors = want.error.cause === undefined ? [want.error] : [want.error, want.error.cause]
    for (const part of errors.flatMap(({ message, stack }) => [message, stack])) {
      assert.ok(
        said.some((value) => value.includes(part)),
        `nowhere in the line: ${part}`,
      )
    }
  }
}

function stringsIn(value) {
  if (typeof value === 'string') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(stringsIn) : []
}

/** The check's own check: each of these lines is wrong in one way, and must be found out. */
export function checkThatGoldenLinesAreChecked() {
  const entrant = { readLine: ({ level, msg, ...fields }) => ({ level, msg, fields }) }
  const right = { level: 'info', msg: 'm', a: 1 }
  const scenario = { want: () => ({ level: 'info', msg: 'm', fields: { a: 1 } }) }
  const file = (line) => `${JSON.stringify(line)}\n`.repeat(usualCalls)
  compareLines(file(right), entrant, scenario)
  const wrong = [
    file({ ...right, a: '1' }),
    file({ ...right, b: 2 }),
    file({ level: 'info', msg: 'm' }),
    file({ ...right, level: 'warn' }),
    file({ ...right, msg: 'n' }),
    file(right).slice(0, -1),
    file(right) + file(right).slice(0, 10),
    '',
  ]
  for (const text of wrong)
    assert.throws(() => compareLines(text, entrant, scenario), 'the golden check misses a wrong line')
  assert.throws(
    () => compareLines(file(right), entrant, { want: () => null }),
    'the golden check misses a line too many',
  )
  const error = new Error('outer', { cause: new Error('inner') })
  const withoutCause = file({ level: 'info', msg: 'm', err: { message: error.message, stack: error.stack } })
  assert.throws(
    () => compareLines(withoutCause, entrant, { want: () => ({ level: 'info', msg: 'm', error }) }),
    'the golden check misses an error without its cause',
  )
}
