import { createLogger, stdout } from 'wideline'
import { hello } from './hello.js'

const log = createLogger({ name: 'hello', outputs: [stdout()] })
hello(log)
await log.close()
