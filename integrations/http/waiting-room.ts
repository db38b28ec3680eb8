import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { answeredLog } from './carried-log.js'
import type { RequestLog } from './request-log.js'

/** The responses of one connection that wait for their turn, and the log of the one that has it. */
interface WaitingRoom {
  readonly waiting: Set<RequestLog>
  answered: RequestLog | undefined
}

/** One listener of a connection serves all that wait there. */
const rooms = new WeakMap<Socket, WaitingRoom>()

/** Ends a pipelined request whose connection goes before its response has had its turn. */
export function waitForTurn(socket: Socket, response: ServerResponse, log: RequestLog): void {
  const room = roomOf(socket)
  if (room.waiting.size === 0) room.answered = answeredAt(socket)
  room.waiting.add(log)
  response.once('socket', () => {
    room.answered?.noteNextTurn()
    room.answered = log
    log.noteTurn()
  })
  response.once('close', () => room.waiting.delete(log))
}

function roomOf(socket: Socket): WaitingRoom {
  const known = rooms.get(socket)
  if (known !== undefined) return known
  const waiting = new Set<RequestLog>()
  const room: WaitingRoom = { waiting, answered: undefined }
  rooms.set(socket, room)
  socket.once('close', () => {
    for (const log of waiting) setImmediate(() => log.endEarly())
  })
  return room
}

/** The log of the request that is answered on a connection, by Node's own note of it. */
function answeredAt(socket: Socket): RequestLog | undefined {
  const { _httpMessage: response } = socket as { _httpMessage?: ServerResponse | null }
  return response === undefined || response === null ? undefined : answeredLog(response)
}
