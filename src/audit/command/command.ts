import { OptionError } from '../../options/option-error.js'
import { HELP, parseArguments, UsageError } from './arguments.js'
import { runCheckpoint } from './checkpoint-command.js'
import { ExitCode, type Terminal } from './terminal.js'
import { runVerify } from './verify-command.js'

/** Runs `wideline` with these arguments. Returns its exit code; never rejects. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const asked = parseArguments(args)
    if (asked.command === 'help') {
      terminal.stdout.write(HELP)
      return ExitCode.valid
    }
    return asked.command === 'verify' ? await runVerify(asked, terminal) : await runCheckpoint(asked, terminal)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const isUsage = error instanceof UsageError || error instanceof OptionError
    terminal.stderr.write(`wideline: ${reason}${isUsage ? '\nTry wideline --help\n' : '\n'}`)
    return isUsage ? ExitCode.usage : ExitCode.unreadable
  }
}
