import { createLogger, stdout } from 'wideline'
import { createShop } from './app.js'

const log = createLogger({ name: 'shop', outputs: [stdout()] })
const port = Number(process.env['PORT'] ?? 3000)
const server = createShop(log).listen(port, (problem?: NodeJS.ErrnoException) => {
  if (problem === undefined) {
    log.info('listening', server.address() as object)
    return
  }
  const reason = problem.code === 'EADDRINUSE' ? `port ${port} is in use; choose another with PORT=…` : problem.message
  console.error(`The shop cannot listen: ${reason}`)
  process.exitCode = 1
})

process.once('SIGINT', () => {
  server.close(() => void log.close())
})
