// The server's side of nest/run.mjs: one application in a process of its own, which tells its processor time and its heap.
import { apps } from './apps.mjs'

const [name, path] = process.argv.slice(2)
const { app, flush } = await apps[name](path)

const commands = {
  /** Microseconds of processor time so far, all threads. */
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return user + system
  },
  /** Bytes of heap in use, after a collection where asked for. */
  heap: ({ collect }) => {
    if (collect) globalThis.gc()
    return process.memoryUsage().heapUsed
  },
  flush,
}

process.on('message', ({ command, ...how }) => process.send({ value: commands[command](how) ?? null }))
process.send({ port: app.getHttpServer().address().port })
