import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { freshPath } from '../outputs/folder.js'
import { lineProblems } from '../outputs/numbered-lines.js'
import { ROOT } from './page.js'

// What docs/deployment.md says of places that no other test has.

const LINES = 500
const built = path.join(ROOT, 'dist/esm/src/index.js')
const OUTPUTS: Readonly<Record<string, string>> = {
  none: `file(path, { buffer: 'none' })`,
  tick: 'file(path)',
  block: `file(path, { buffer: 'block', flushIntervalMs: 60_000 })`,
  worker: 'worker(file(path))',
}

/** Starts a program that has a logger of that output, which writes to `path`. */
function start(output: string, source: string, target: string, before: readonly string[] = []): ChildProcess {
  const program = freshPath('program.mjs')
  const head = `
    import { createLogger, file, stdout, worker } from '${built}'
    import { isMainThread, parentPort, Worker } from 'node:worker_threads'
    const path = ${JSON.stringify(target)}
    const make = () => createLogger({ outputs: [${output}] })
    const write = (log) => { for (let n = 0; n < ${LINES}; n++) log.info('line', { n }) }`
  fs.writeFileSync(program, `${head}\n${source}`)
  const [command, ...args] = [...before, process.execPath, program]
  return spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
}

const read = (file: string): string => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')
const countOf = (file: string): number => read(file).split('\n').length - 1

/** Writes all lines, flushes where it is told to, answers, and goes on. */
const handler = (flush: string): string => `
    const log = make()
    setInterval(() => {}, 1_000)
    write(log)
    ${flush}
    process.send('answered')`

/** Kills a program the moment it has answered, and gives what its standard output had. */
async function killedAtAnswer(child: ChildProcess): Promise<string> {
  let out = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (out += text))
  await once(child, 'message')
  child.kill('SIGKILL')
  await once(child, 'close')
  return out
}

describe.concurrent('a process that is killed the moment it has answered', { timeout: 120_000 }, () => {
  it.each(Object.keys(OUTPUTS))('has what it flushed, to a file with %s', async (name) => {
    const target = freshPath()
    await killedAtAnswer(start(OUTPUTS[name], handler('await log.flush()'), target))
    expect(lineProblems(read(target), LINES)).toEqual([])
  })

  it.each(['stdout()', 'worker(stdout())'])('has what it flushed, to a pipe with %s', async (output) => {
    const out = await killedAtAnswer(start(output, handler('await log.flush()'), ''))
    expect(lineProblems(out, LINES)).toEqual([])
  })

  it('has lost lines that it did not flush (control)', async () => {
    const target = freshPath()
    await killedAtAnswer(start(OUTPUTS['block'], handler(''), target))
    expect(countOf(target)).toBeLessThan(LINES)
  })
})

/** A main thread that ends its worker when that says so. */
const thread = (inWorker: string, onMessage: string): string => `
    if (isMainThread) {
      const thread = new Worker(new URL(import.meta.url))
      thread.on('error', () => {})
      thread.on('message', () => { ${onMessage} })
    } else {
      const log = make()
      write(log)
      ${inWorker}
    }`

const BUSY = `parentPort.postMessage('written'); for (const until = Date.now() + 3_000; Date.now() < until;);`
const IDLE = `setInterval(() => {}, 1_000); setImmediate(() => setImmediate(() => parentPort.postMessage('written')))`

describe.concurrent('a worker thread with a logger of its own', { timeout: 120_000 }, () => {
  it.each(
    ['tick', 'block', 'worker'].flatMap((output) =>
      ['', 'process.exit(0)', `throw new Error('ends the thread')`].map((ending) => ({ output, ending })),
    ),
  )('with $output has every line when it ends by itself: "$ending"', async ({ output, ending }) => {
    const target = freshPath()
    await once(start(OUTPUTS[output], thread(ending, ''), target), 'close')
    expect(lineProblems(read(target), LINES)).toEqual([])
  })

  it.each([
    { output: 'none', inWorker: BUSY, lost: 'nothing', want: LINES },
    { output: 'tick', inWorker: IDLE, lost: 'nothing of a turn that is over', want: LINES },
    { output: 'tick', inWorker: BUSY, lost: 'the turn it is in', want: undefined },
    { output: 'block', inWorker: BUSY, lost: 'its block', want: undefined },
  ])('that is terminated loses, with $output, $lost', async ({ output, inWorker, want }) => {
    for (const end of ['thread.terminate()', 'process.exit()']) {
      const target = freshPath()
      await once(start(OUTPUTS[output], thread(inWorker, end), target), 'close')
      if (want === undefined) expect(countOf(target)).toBeLessThan(LINES)
      else expect(lineProblems(read(target), want)).toEqual([])
    }
  })
})

const NAMESPACE = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child']
const hasNamespaces = spawnSync(NAMESPACE[0], [...NAMESPACE.slice(1), 'true']).status === 0
if (!hasNamespaces) process.stdout.write('deployment: no namespace can be made here, so nothing ran as process 1\n')

describe.runIf(hasNamespaces)('process 1 of a container', { timeout: 120_000 }, () => {
  /** Sends SIGTERM to the process that is 1 within; resolves when its lines are there, and tells whether it goes on. */
  async function terminated(more: string): Promise<boolean> {
    const target = freshPath()
    const inner = freshPath('pid')
    const wrapper = start(
      OUTPUTS['block'],
      `import fs from 'node:fs'
       const log = make()
       ${more}
       setInterval(() => fs.appendFileSync('${inner}-beats', '\\n'), 20)
       write(log)
       fs.writeFileSync('${inner}', String(process.pid))`,
      target,
      NAMESPACE,
    )
    const closed = once(wrapper, 'close')
    try {
      await vi.waitFor(() => expect(read(inner)).toBe('1'), { timeout: 20_000, interval: 50 })
      const children = fs.readFileSync(`/proc/${wrapper.pid}/task/${wrapper.pid}/children`, 'utf8')
      process.kill(Number(children), 'SIGTERM')
      await vi.waitFor(() => expect(lineProblems(read(target), LINES)).toEqual([]), { timeout: 20_000, interval: 50 })
      const beats = countOf(`${inner}-beats`)
      const goesOn = vi.waitFor(() => expect(countOf(`${inner}-beats`)).toBeGreaterThan(beats + 2), { timeout: 20_000 })
      return await Promise.race([
        closed.then(() => false),
        goesOn.then(
          () => true,
          () => false,
        ),
      ])
    } finally {
      wrapper.kill('SIGKILL')
      await closed
    }
  }

  it('writes what waits at SIGTERM, and goes on, as it does without a logger', async () => {
    expect(await terminated('')).toBe(true)
  })

  it('ends where it listens itself', async () => {
    expect(await terminated(`process.once('SIGTERM', () => log.close().then(() => process.exit()))`)).toBe(false)
  })
})
