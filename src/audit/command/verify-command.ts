import type { AuditFileReport, AuditVerdict } from '../verdict.js'
import { verifyAudit, type VerifyOptions } from '../verify.js'
import type { Asked } from './arguments.js'
import { ExitCode, type Terminal } from './terminal.js'
import { count, ProgressBar } from './progress-bar.js'

type AskedOfFiles = Exclude<Asked, { command: 'help' }>

/** Problems told in words; the rest is counted. */
const MAX_SHOWN = 20

const TITLES: Readonly<Record<AuditVerdict['verdict'], string>> = {
  valid: 'VALID',
  tampered: 'TAMPERED',
  unanchored: 'UNANCHORED',
  unreadable: 'UNREADABLE',
}

/** Verifies and tells. Returns the exit code. */
export async function runVerify(asked: AskedOfFiles, terminal: Terminal): Promise<number> {
  const verdict = await verify(asked, terminal)
  if (asked.isJson) terminal.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`)
  else if (!asked.isQuiet || verdict.problems.length > 0) terminal.stdout.write(verdictText(verdict, asked.isQuiet))
  return ExitCode[verdict.verdict]
}

/** Verifies with a progress bar where somebody can see it. */
export async function verify(asked: AskedOfFiles, terminal: Terminal): Promise<AuditVerdict> {
  const bar = new ProgressBar(terminal.stderr)
  const options: VerifyOptions = {
    publicKeys: asked.keys,
    ...(asked.checkpoint === undefined ? {} : { lastCheckpoint: asked.checkpoint }),
    ...(asked.isQuiet ? {} : { onProgress: (progress) => bar.show(progress) }),
  }
  try {
    return await verifyAudit(asked.files, options)
  } finally {
    bar.clear()
  }
}

/** A verdict for people to read. */
export function verdictText(verdict: AuditVerdict, isQuiet: boolean): string {
  const out = [`${TITLES[verdict.verdict]}: ${shown(verdict.reason)}`]
  for (const { file, message } of verdict.problems.slice(0, MAX_SHOWN)) out.push(`  ${shown(file)}: ${shown(message)}`)
  if (verdict.problems.length > MAX_SHOWN) out.push(`  and ${count(verdict.problems.length - MAX_SHOWN)} more`)
  if (!isQuiet) for (const file of verdict.files) out.push(...fileText(file))
  return `${out.join('\n')}\n`
}

function fileText(file: AuditFileReport): string[] {
  const out = [
    shown(file.path),
    `  ${count(file.lines)} lines, ${count(file.bytes)} bytes, ${count(file.checkpoints)} good checkpoints` +
      (file.isSealed ? ', sealed' : ''),
  ]
  if (file.origin !== undefined) out.push(`  log ${shown(file.origin)}, file ${file.sequence} (${file.file})`)
  if (file.tornBytes > 0) out.push(`  ends within a line, after ${count(file.tornBytes)} bytes of it`)
  for (const restart of file.restarts.slice(0, MAX_SHOWN)) {
    const { line, time, cause, foundFrom, foundTo, damaged, torn, lost } = restart
    const parts = [cause === 'restart' ? 'restart' : `recovery from ${cause}`]
    if (foundFrom > 0) parts.push(`lines ${foundFrom} to ${foundTo} were found unsigned and signed as they were`)
    if (torn > 0) parts.push(`line ${line - 1} is torn`)
    else if (damaged > 0) parts.push(`damaged from line ${damaged}`)
    if (lost > 0) parts.push(`${count(lost)} entries were lost`)
    out.push(`  line ${line}, ${time}: ${parts.join('; ')}`)
  }
  if (file.restartCount > MAX_SHOWN) out.push(`  and ${count(file.restartCount - MAX_SHOWN)} more restarts`)
  if (file.clockSteps > 0) out.push(`  the clock was set back ${count(file.clockSteps)} times`)
  return out
}

/** Text from a file, so that it cannot drive the terminal. */
function shown(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\u{fffd}')
}
