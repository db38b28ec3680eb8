import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLogger, everyNth, file, type LoggerOptions } from 'wideline'
import { runCommand } from '../outputs/child.js'
import { freshPath } from '../outputs/folder.js'

const core = path.resolve('dist/esm/src/index.js')

/** What is in the file of a program that logs two lines into a block and then ends. */
async function ended(shutdownHooks: boolean, ending: string) {
  const log = freshPath()
  const program = `
    import { createLogger, file } from ${JSON.stringify(core)}
    const output = file(${JSON.stringify(log)}, { buffer: 'block', flushIntervalMs: 60_000 })
    const log = createLogger({ outputs: [output], shutdownHooks: ${shutdownHooks} })
    log.info('one')
    log.info('two')
    ${ending}
  `
  const { code, signal } = await runCommand(process.execPath, ['--input-type=module', '-e', program])
  return { code, signal, lines: fs.readFileSync(log, 'utf8').split('\n').length - 1 }
}

const SIGNALLED = `process.kill(process.pid, 'SIGTERM'); setInterval(() => undefined, 1000)`

describe('shutdownHooks', () => {
  it('has what waits written before a signal ends the process, by that signal', async () => {
    expect(await ended(true, SIGNALLED)).toEqual({ code: null, signal: 'SIGTERM', lines: 2 })
  })

  it('when off leaves a signal to do what it does without us, and every other ending as it is', async () => {
    expect(await ended(false, SIGNALLED)).toEqual({ code: null, signal: 'SIGTERM', lines: 0 })
    expect(await ended(false, 'process.exit(7)')).toEqual({ code: 7, signal: null, lines: 2 })
    expect(await ended(false, '')).toEqual({ code: 0, signal: null, lines: 2 })
  })

  it.each<{ options: LoggerOptions; listeners: number }>([
    { options: {}, listeners: 1 },
    { options: { sampling: everyNth(2) }, listeners: 1 },
    { options: { shutdownHooks: false }, listeners: 0 },
    { options: { shutdownHooks: false, sampling: everyNth(2) }, listeners: 0 },
  ])('listens to each signal once or not at all, until the logger is closed: $options', async (each) => {
    const before = process.listenerCount('SIGTERM')
    const log = createLogger({ outputs: [file(freshPath())], ...each.options })
    const stop = log.addOutput(file(freshPath()))
    log.child({}, { rateLimit: { perHour: 1 } })
    expect(process.listenerCount('SIGTERM') - before).toBe(each.listeners)
    expect(process.listenerCount('SIGINT') - before).toBe(each.listeners)
    stop()
    await log.close()
    expect(process.listenerCount('SIGTERM')).toBe(before)
  })
})
