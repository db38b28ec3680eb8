// A client that costs little: it writes the same bytes again when an answer is whole, on each of its connections.
import { once } from 'node:events'
import { connect } from 'node:net'

const REQUEST = Buffer.from(
  'GET /orders/42?page=1 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n\r\n',
)
const END = Buffer.from('"status":"paid"}')

/** Connections to one server. */
export class Load {
  static async open(port, connections) {
    const sockets = Array.from({ length: connections }, () => connect(port, '127.0.0.1').setNoDelay(true))
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    return new Load(sockets)
  }

  constructor(sockets) {
    this.sockets = sockets
  }

  /** Sends that many requests, over all connections at once, and waits for their answers. */
  async send(count) {
    let left = count
    await Promise.all(
      this.sockets.map(
        (socket) =>
          new Promise((resolve, reject) => {
            const next = () => {
              if (left-- > 0) socket.write(REQUEST)
              else {
                socket.off('data', onData).off('close', onClose)
                resolve()
              }
            }
            const onData = (chunk) => {
              if (chunk.includes(END)) next()
            }
            const onClose = () => reject(new Error('the server closed a connection'))
            socket.on('data', onData).on('close', onClose)
            next()
          }),
      ),
    )
  }

  close() {
    for (const socket of this.sockets) socket.destroy()
  }
}
