import { createLogger, stdout } from 'wideline'
import { createShop } from './app.js'

const log = createLogger({ name: 'shop', outputs: [stdout()] })
const server = createShop(log).listen(Number(process.env['PORT'] ?? 3000), () => {
  log.info('listening', server.address() as object)
})

process.once('SIGINT', () => {
  server.close(() => void log.close())
})
