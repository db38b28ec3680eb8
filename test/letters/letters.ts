import { once } from 'node:events'
import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createLogger, type Logger, type MemoryOutput, memory, type RecordPoolStats } from 'wideline'
import { checkRequestOptions, RequestLifecycle, type RequestLog } from '../../integrations/http/index.js'

/** How a request goes, by its number. */
const WAYS = ['finish', 'finish', 'records', 'throw', 'double', 'late', 'abort', 'destroy', 'unit', 'hold'] as const

/** What a run found, and what the pools say after it. */
export interface Findings {
  readonly requests: number
  readonly wideLines: number
  /** Lines that hold another request's letter, or none of their own; at most a few. */
  readonly crossings: readonly string[]
  readonly hasPoison: boolean
  /** Requests without a line, and with more than one. */
  readonly missing: number
  readonly doubled: number
  readonly records: RecordPoolStats
  readonly logger: Logger
}

/** Lines are checked as they come: a million of them are not kept. */
class Checker {
  wideLines = 0
  hasPoison = false
  doubled = 0
  readonly crossings: string[] = []
  private readonly seen: Uint8Array

  constructor(requests: number) {
    this.seen = new Uint8Array(requests)
  }

  check(line: string): void {
    if (line.includes('\u{fffd}') || line.includes('Û')) this.hasPoison = true
    const letters = new Set(line.match(/L\d+E/g) ?? [])
    if (letters.size !== 1 && this.crossings.length < 5) this.crossings.push(line)
    if (!line.includes('"status"') && !line.includes('"outcome":"aborted"')) return
    if (line.includes('"unit":')) return
    this.wideLines++
    const [letter] = letters
    const index = Number(letter?.slice(1, -1))
    if (this.seen[index]++ > 0) this.doubled++
  }

  get missing(): number {
    let missing = 0
    for (const count of this.seen) if (count === 0) missing++
    return missing
  }
}

/** A letter that no other request has, and that is no part of another's. */
function letterOf(index: number): string {
  return `L${index}E`
}

class LetterServer {
  private readonly afterwards: Promise<void>[] = []

  constructor(readonly lifecycle: RequestLifecycle) {}

  readonly listen = (request: IncomingMessage, response: ServerResponse): void => {
    const log = this.lifecycle.begin(request, response)
    const letter = String(request.headers['x-request-id'])
    const way = WAYS[Number(letter.slice(1, -1)) % WAYS.length]
    log.set({ letter, list: [letter] })
    try {
      this.answer(way, log, letter, response)
    } catch (error) {
      log.setError(error)
      response.statusCode = 500
      response.end(letter)
    }
  }

  private answer(way: (typeof WAYS)[number], log: RequestLog, letter: string, response: ServerResponse): void {
    switch (way) {
      case 'records':
        for (let i = 0; i < 5; i++) log.debug(`step of ${letter}`, { letter })
        if (Number(letter.slice(1, -1)) % 3 === 0) log.setError(new Error(`failed ${letter}`))
        break
      case 'throw':
        log.debug('before the throw', { letter })
        throw new Error(`broken ${letter}`, { cause: new Error(`because of ${letter}`) })
      case 'double':
        // Node says that it was too late.
        response.on('error', () => undefined)
        response.end(letter)
        response.end(letter)
        return
      case 'late':
        this.afterwards.push(this.goOn(log, letter, response))
        break
      case 'destroy':
        response.write(letter, () => response.destroy())
        return
      case 'unit':
        log.unit('part', (unit) => {
          unit.set({ letter })
          unit.debug(`in the part of ${letter}`)
        })
        break
      case 'hold': {
        const held = log.hold({ level: 'debug' })
        held.debug(`held by ${letter}`)
        held.info('held too', { letter })
        if (letter.length % 2 === 0) held.commit()
        else held.discard()
        break
      }
      default:
        log.info(`at work on ${letter}`)
    }
    if (way !== 'abort') response.end(letter)
  }

  /** Waits for everything that goes on after the answers. */
  async settle(): Promise<void> {
    while (this.afterwards.length > 0) await Promise.all(this.afterwards.splice(0))
  }

  private async goOn(log: RequestLog, letter: string, response: ServerResponse): Promise<void> {
    await once(response, 'close')
    await nextTurn()
    log.set({ letter: `${letter} late` })
    log.fields.string('typed', letter)
    log.setError(new Error(letter))
    log.debug(`too late for the recorder, ${letter}`)
    log.info(`afterwards ${letter}`)
    log.hold().commit()
  }
}

/** One connection that asks, and asks again; a new one where the last was cut off. */
async function visit(port: number, next: () => number | undefined): Promise<void> {
  let socket: Socket | undefined
  for (let index = next(); index !== undefined; index = next()) {
    const letter = letterOf(index)
    const way = WAYS[index % WAYS.length]
    if (socket === undefined || socket.destroyed) {
      socket = connect(port, '127.0.0.1').setNoDelay(true)
      socket.on('error', () => undefined)
      await once(socket, 'connect')
    }
    socket.write(`GET /${way}?q=${letter} HTTP/1.1\r\nhost: x\r\nx-request-id: ${letter}\r\n\r\n`)
    if (way === 'abort') {
      await nextTurn()
      socket.destroy()
    } else if (way === 'destroy') await closed(socket)
    else await answered(socket, letter)
  }
  socket?.destroy()
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.resume()
    socket.once('close', () => resolve())
  })
}

function answered(socket: Socket, letter: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      // The id in the head, and the body.
      if (text.split(letter).length < 3) return
      socket.off('data', onData).off('close', onClose)
      resolve()
    }
    const onClose = (): void => reject(new Error(`${letter} was not answered: ${text}`))
    socket.on('data', onData).on('close', onClose)
  })
}

/**
 * Sends that many requests over 100 connections to a server whose pools are poisoned, each with a letter of its own, and
 * looks for letters where they do not belong.
 *
 * @param spoil - What a test does to show that the check sees it.
 */
export async function sendLetters(requests: number, spoil?: (line: string) => string): Promise<Findings> {
  const checker = new Checker(requests)
  const kept = memory({ maxLines: 1 })
  const output: MemoryOutput = Object.assign(Object.create(kept) as MemoryOutput, {
    commit(): void {
      kept.commit(0)
      const line = kept.lines[0]
      checker.check(spoil === undefined ? line : spoil(line))
    },
  })
  const logger = createLogger({ outputs: [output], pool: { poison: true, bufferBytes: 1_024, maxBuffers: 4 } })
  const options = checkRequestOptions('test', { recorder: { maxBytes: 1_024 } })
  const letters = new LetterServer(new RequestLifecycle(logger, options, () => ''))
  const server = createServer(letters.listen)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  let sent = 0
  const next = (): number | undefined => (sent < requests ? sent++ : undefined)
  await Promise.all(Array.from({ length: 100 }, () => visit(port, next)))
  const closing = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closing
  await letters.settle()
  // An abort is seen a turn or two after the connection has gone.
  for (let turn = 0; turn < 1_000 && letters.lifecycle.stats().outstanding > 0; turn++) await nextTurn()
  const { wideLines, crossings, hasPoison, missing, doubled } = checker
  return { requests, wideLines, crossings, hasPoison, missing, doubled, records: letters.lifecycle.stats(), logger }
}
