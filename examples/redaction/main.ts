import { stdout } from 'wideline'
import { redaction } from './redaction.js'

const log = redaction({ name: 'redaction', outputs: [stdout()] })
await log.close()
