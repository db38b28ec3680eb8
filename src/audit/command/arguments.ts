import fs from 'node:fs'
import { parseArgs } from 'node:util'
import { parseVerifierKey, verifierKey } from '../verifier-key.js'

/** What is wrong with a command line. */
export class UsageError extends Error {}

/** What was asked for. */
export type Asked =
  | { readonly command: 'help' }
  | {
      readonly command: 'verify' | 'checkpoint'
      readonly files: readonly string[]
      /** Verifier keys. */
      readonly keys: readonly string[]
      /** The held checkpoint. */
      readonly checkpoint: string | undefined
      readonly isJson: boolean
      readonly isQuiet: boolean
    }

export const HELP = `wideline: works with audit files of the wideline logger

  wideline verify FILE... --key KEY [--checkpoint FILE] [--json] [--quiet]
      Says whether a file was tampered with. Several files are those of a
      rotated log, in their order.

  wideline checkpoint FILE... --key KEY
      Verifies, and prints the last good checkpoint: to be kept elsewhere.

  --key KEY          a key that is trusted: a verifier key (name+id+base64), a
                     file that holds some, one a line, or NAME=FILE with an
                     Ed25519 public key in PEM; may be given several times
  --checkpoint FILE  a checkpoint that was kept elsewhere; - is standard input
  --json             the whole verdict as JSON
  --quiet            no progress, and nothing but problems

Exit codes of verify: 0 valid, 1 tampered with, 2 not tampered with but the end
is unanchored, 3 unreadable, 64 wrong usage, 74 the verdict cannot be written.
`

/** Reads a command line, and the keys and the checkpoint it names. @throws UsageError when it cannot be understood. */
export function parseArguments(args: readonly string[]): Asked {
  const { values, positionals } = read(args)
  const [command, ...files] = positionals
  if (values.help || command === 'help' || command === undefined) {
    if (command === undefined && !values.help) throw new UsageError('no command was given')
    return { command: 'help' }
  }
  if (command !== 'verify' && command !== 'checkpoint') throw new UsageError(`there is no command ${command}`)
  if (files.length === 0) throw new UsageError(`${command} needs a file`)
  if (values.key.length === 0)
    throw new UsageError(`${command} needs --key: without a key that is trusted nothing can be said`)
  if (command === 'checkpoint' && values.json) throw new UsageError('checkpoint has no --json: it prints a note')
  return {
    command,
    files,
    keys: values.key.flatMap(readKeys),
    checkpoint:
      values.checkpoint === undefined ? undefined : readText(values.checkpoint === '-' ? 0 : values.checkpoint),
    isJson: values.json,
    isQuiet: values.quiet,
  }
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        key: { type: 'string', multiple: true, short: 'k', default: [] as string[] },
        checkpoint: { type: 'string', short: 'c' },
        json: { type: 'boolean', default: false },
        quiet: { type: 'boolean', short: 'q', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** A key as it is given: itself, a file of such, or a name and a PEM file. */
function readKeys(given: string): string[] {
  if (parseVerifierKey(given) !== undefined) return [given]
  if (/^[^+]+\+[0-9a-f]{8}\+/.test(given) && !fs.existsSync(given))
    throw new UsageError(`--key ${given}: it looks like a verifier key, but its parts do not fit each other`)
  const split = given.indexOf('=')
  try {
    if (split > 0) return [verifierKey(given.slice(0, split), publicPem(given.slice(split + 1)))]
  } catch (error) {
    throw new UsageError(`--key ${given}: ${error instanceof Error ? error.message : String(error)}`)
  }
  const lines = readText(given)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  for (const line of lines)
    if (parseVerifierKey(line) === undefined)
      throw new UsageError(
        line.startsWith('-----BEGIN')
          ? `--key ${given}: a key in PEM needs its name, NAME=${given}`
          : `--key ${given}: it holds a line that is no verifier key`,
      )
  if (lines.length === 0) throw new UsageError(`--key ${given}: it holds no key`)
  return lines
}

/** A private key would do, but does not belong where files are verified. */
function publicPem(file: string): string {
  const pem = readText(file)
  if (pem.includes('PRIVATE KEY-----'))
    throw new UsageError(`it is a private key; its public half is written by openssl pkey -in ${file} -pubout`)
  return pem
}

function readText(file: string | number): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
