// The child's side: one application on a free port, which reads its own processor time and heap when it is asked.
import { createServer } from 'node:http'
import { PerformanceObserver } from 'node:perf_hooks'
import { apps, recording } from './apps.mjs'

const { name, dist, target } = JSON.parse(process.argv[2])
const { app, flush } = await apps[name].open(dist, target)
const server = createServer(app)
server.keepAliveTimeout = 600_000

let collections = 0
new PerformanceObserver((list) => {
  collections += list.getEntries().length
}).observe({ entryTypes: ['gc'] })

let begun

const commands = {
  async begin() {
    collections = 0
    recording.ms = 0
    begun = { cpu: process.cpuUsage(), heap: process.memoryUsage().heapUsed }
  },
  async end() {
    const heap = process.memoryUsage().heapUsed
    const { user, system } = process.cpuUsage(begun.cpu)
    // Events of collections come a turn later.
    await new Promise((resolve) => setTimeout(resolve, 1))
    return { cpuUs: user + system, heapBytes: heap - begun.heap, collections, recordingUs: recording.ms * 1_000 }
  },
  flush() {
    flush()
  },
}

process.on('message', (command) => {
  void Promise.resolve(commands[command]()).then((value) => process.send({ value }))
})
server.listen(0, '127.0.0.1', () => process.send({ value: server.address().port }))
process.on('disconnect', () => process.exit())
