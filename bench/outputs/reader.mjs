// Runs a program of this folder and reads its standard output as slowly as it is told.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const offer = fileURLToPath(new URL('offer.mjs', import.meta.url))

/**
 * Runs offer.mjs with these settings. Reads nothing for `stallMs`, then `bytesPerSecond`, and, once the program has told
 * what there was to tell, everything at once. Resolves to what it told and the lines that came.
 */
export function readSlowly({ settings, stallMs = 0, bytesPerSecond = Infinity }) {
  return new Promise((resolve, reject) => {
    // A pipe of the kernel: of this process's own making it would be a socket, which takes more.
    const command = `exec '${process.execPath}' --expose-gc '${offer}' '${JSON.stringify(settings)}' | cat`
    const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] })
    const pieces = []
    let told = ''
    let lines = 0
    let bytes = 0
    const start = performance.now()
    const { stdout } = child
    stdout.pause()
    child.stdio[3].on('data', (piece) => {
      pieces.push(piece)
      told = Buffer.concat(pieces).toString()
    })
    const read = () => {
      const seconds = (performance.now() - start - stallMs) / 1000
      const allowed = told === '' ? Math.max(0, seconds) * bytesPerSecond : Infinity
      while (bytes < allowed) {
        const piece = stdout.read()
        if (piece === null) break
        bytes += piece.length
        for (const byte of piece) if (byte === 0x0a) lines++
      }
    }
    const timer = setInterval(read, 10)
    stdout.on('readable', () => told !== '' && read())
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(timer)
      read()
      const [before, after] = told.split('\n')
      if (before === undefined || before === '') reject(new Error(`offer.mjs told nothing (exit code ${code})`))
      else
        resolve({
          ...JSON.parse(before),
          atExit: after === undefined ? undefined : JSON.parse(after),
          lines,
          bytes,
          code,
        })
    })
  })
}
