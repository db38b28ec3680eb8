import type { Asked } from './arguments.js'
import { ExitCode, type Terminal } from './terminal.js'
import { verdictText, verify } from './verify-command.js'

/** Prints the last good checkpoint of files that are not tampered with. Returns the exit code. */
export async function runCheckpoint(asked: Exclude<Asked, { command: 'help' }>, terminal: Terminal): Promise<number> {
  const verdict = await verify(asked, terminal)
  const note = verdict.files.findLast((file) => file.lastCheckpoint !== undefined)?.lastCheckpoint
  if (verdict.problems.length > 0 || note === undefined) {
    terminal.stderr.write(verdictText(verdict, true))
    return verdict.problems.length > 0 ? ExitCode[verdict.verdict] : ExitCode.unanchored
  }
  terminal.stdout.write(note)
  return ExitCode.valid
}
