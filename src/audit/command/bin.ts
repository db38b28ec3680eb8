#!/usr/bin/env node
import process from 'node:process'
import { runCommand } from './command.js'
import { ExitCode } from './terminal.js'

async function main(): Promise<void> {
  // A verdict that nobody can read is none: the error would end the process with 1, which says that a file was tampered with.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(ExitCode.unwritable))
  process.exitCode = await runCommand(process.argv.slice(2), process)
}

// Not awaited: CommonJS has no top-level await. It never rejects.
void main()
