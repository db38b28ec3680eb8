import { stdout } from 'wideline'
import { hooks } from './hooks.js'

const log = hooks({ name: 'hooks', outputs: [stdout()] }, [])
await log.close()
