import { stdout } from 'wideline'
import { sampling } from './sampling.js'

const log = await sampling({ name: 'sampling', outputs: [stdout()] })
await log.close()
