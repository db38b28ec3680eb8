import { createLogger, stdout } from 'wideline'
import { job } from './job.js'

const log = createLogger({ name: 'billing', level: 'debug', outputs: [stdout()] })
await job(log)
await log.close()
