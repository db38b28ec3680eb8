#!/usr/bin/env node
import process from 'node:process'
import { runCommand } from './command.js'

async function main(): Promise<void> {
  process.exitCode = await runCommand(process.argv.slice(2), process)
}

// Not awaited: CommonJS has no top-level await. It never rejects.
void main()
