// Stands between the programs of the docs and the network: a server listens on any free port instead of its own, gets the
// requests that the page's curl commands describe, one after another, and is closed.
import http from 'node:http'
import net from 'node:net'

const { listen } = net.Server.prototype
let visits = []
let servers = []

/** Says which requests the next program's server gets. */
export function expectVisits(commands) {
  visits = commands
  servers = []
}

net.Server.prototype.listen = function (...args) {
  if (isAnyPort(args[0])) return listen.apply(this, args)
  servers.push(this)
  if (servers.length === 1) this.once('listening', () => setImmediate(() => void visitAll(this)))
  return listen.call(this, { port: 0, host: '127.0.0.1' }, ...args.filter((arg) => typeof arg === 'function'))
}

/** Whether a server asks for any free port, as a test of the page's own does: its visitors are in the page. */
function isAnyPort(first) {
  return first === undefined || typeof first === 'function' || first === 0 || first?.port === 0
}

async function visitAll(server) {
  for (const command of visits) {
    const closed = new Promise((resolve) => {
      server.once('request', (_, response) => response.once('close', () => setImmediate(resolve)))
    })
    await Promise.all([visit(server.address().port, wordsOf(command).slice(1)), closed])
  }
  for (const each of servers) each.close()
}

/** Sends what a curl command would. */
async function visit(port, words) {
  const headers = { 'user-agent': 'curl/8' }
  let url, method, body, maxMs
  for (let i = 0; i < words.length; i++) {
    if (words[i] === '-X') method = words[++i]
    else if (words[i] === '-H') {
      const [name, ...value] = words[++i].split(':')
      headers[name.trim().toLowerCase()] = value.join(':').trim()
    } else if (words[i] === '--json' || words[i] === '-d') {
      headers['content-type'] ??= words[i] === '--json' ? 'application/json' : 'application/x-www-form-urlencoded'
      body = words[++i]
    } else if (words[i] === '--max-time') maxMs = Number(words[++i]) * 1000
    else if (words[i].startsWith('-')) throw new Error(`visit.mjs does not know curl's ${words[i]}`)
    else url = new URL(words[i].startsWith('http') ? words[i] : `http://${words[i]}`)
  }
  if (url.hostname !== 'localhost') throw new Error(`${url} is not the program's own`)
  method ??= body === undefined ? 'GET' : 'POST'
  // A connection for each, so that none keeps the server from closing.
  const request = http.request({ port, path: url.pathname + url.search, method, headers, agent: false })
  await new Promise((resolve, reject) => {
    const isLate = () => maxMs !== undefined
    request.on('response', (response) => response.resume().on('close', resolve))
    request.on('error', (error) => (isLate() ? resolve() : reject(error)))
    if (maxMs !== undefined) setTimeout(() => request.destroy(), maxMs)
    request.end(body)
  })
}

/** The words of a command, as a shell takes them apart. */
function wordsOf(command) {
  const words = command.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double))
}
