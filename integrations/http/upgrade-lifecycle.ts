import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { RequestLifecycle } from './request-lifecycle.js'
import type { RequestLog } from './request-log.js'

/** The status line that an answer to a handshake begins with. */
const STATUS = /^HTTP\/1\.[01] (\d{3})/

/**
 * Follows the handshakes of a server's upgrades, such as those of WebSockets: Node hands them to whoever listens for
 * `upgrade`, and they have no response. The line is written when the handshake is answered, or its connection goes.
 *
 * @returns stops following.
 */
export function followUpgrades(
  server: Pick<Server, 'prependListener' | 'off'>,
  lifecycle: RequestLifecycle,
  show: (request: IncomingMessage, log: RequestLog) => void,
): () => void {
  const onUpgrade = (request: IncomingMessage, socket: Duplex): void => {
    const log = lifecycle.beginUpgrade(request)
    show(request, log)
    watchAnswer(socket, log)
  }
  server.prependListener('upgrade', onUpgrade)
  return () => void server.off('upgrade', onUpgrade)
}

/** Whoever answers writes to the connection itself: the first bytes tell the status. */
function watchAnswer(socket: Duplex, log: RequestLog): void {
  const watched = socket as unknown as {
    write(chunk: unknown, ...rest: unknown[]): unknown
    end(...rest: unknown[]): unknown
  }
  const { write, end } = watched
  const note = (chunk: unknown): void => {
    const start = typeof chunk === 'string' ? chunk : chunk instanceof Uint8Array ? latin1(chunk) : ''
    const status = STATUS.exec(start)?.[1]
    if (status === undefined) return
    watched.write = write
    watched.end = end
    log.noteHead(Number(status))
    const record = log.current
    if (record !== undefined) record.wasSent = true
    // What the listener still does in this turn belongs to the handshake.
    setImmediate(() => log.endEarly())
  }
  watched.write = function (this: unknown, chunk, ...rest) {
    note(chunk)
    return write.call(this, chunk, ...rest)
  }
  watched.end = function (this: unknown, ...rest) {
    note(rest[0])
    return end.apply(this, rest)
  }
  socket.once('close', () => log.endEarly())
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString('latin1')
}
