import { stdout } from 'wideline'
import { levels } from './levels.js'

const log = levels({ outputs: [stdout()] })
await log.close()
