import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { RequestLog } from './request-log.js'

/** Responses that wait for their turn on a connection: one listener serves them all. */
const rooms = new WeakMap<Socket, Set<RequestLog>>()

/** Ends a pipelined request whose connection goes before its response has had its turn. */
export function waitForTurn(socket: Socket, response: ServerResponse, log: RequestLog): void {
  const room = roomOf(socket)
  room.add(log)
  response.once('socket', () => log.noteTurn())
  response.once('close', () => room.delete(log))
}

function roomOf(socket: Socket): Set<RequestLog> {
  let room = rooms.get(socket)
  if (room === undefined) {
    const waiting = new Set<RequestLog>()
    room = waiting
    rooms.set(socket, waiting)
    socket.once('close', () => {
      for (const log of waiting) setImmediate(() => log.endEarly())
    })
  }
  return room
}
