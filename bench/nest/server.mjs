// One application under measurement, and the requests that are sent to it.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { fileURLToPath } from 'node:url'

const child = fileURLToPath(new URL('child.mjs', import.meta.url))
// The young generation is pinned, and larger than what a batch allocates: without a collection the heap only grows.
const flags = { cpu: ['--expose-gc'], heap: ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'] }

export class Server {
  constructor(name, purpose, path, node) {
    this.name = name
    this.process = fork(child, [name, path], {
      execPath: node,
      execArgv: flags[purpose],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 16 })
  }

  async ready() {
    const gone = once(this.process, 'exit').then(([code]) => {
      throw new Error(`${this.name} ended with code ${code}`)
    })
    gone.catch(() => undefined)
    const [{ port }] = await Promise.race([once(this.process, 'message'), gone])
    this.port = port
    return this
  }

  async ask(command, how = {}) {
    const answered = once(this.process, 'message')
    this.process.send({ command, ...how })
    return (await answered)[0].value
  }

  /** So many requests, 16 at once. */
  async load(count) {
    let left = count
    const worker = async () => {
      while (left-- > 0) await this.get(`/orders/${left % 1000}?page=1`, `bench-${left}`)
    }
    await Promise.all(Array.from({ length: 16 }, worker))
  }

  get(path, id) {
    const { agent, port } = this
    return new Promise((resolve, reject) => {
      const headers = { 'x-request-id': id, 'user-agent': 'bench/1.0' }
      const request = http.get({ agent, host: '127.0.0.1', port, path, headers }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${this.name} answered ${response.statusCode}`))
        response.resume().on('end', resolve)
      })
      request.on('error', reject)
    })
  }

  end() {
    this.agent.destroy()
    this.process.kill()
  }
}
