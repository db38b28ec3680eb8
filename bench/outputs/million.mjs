// Logs a million lines in one loop and ends by itself.
import { entrants } from './entrants.mjs'

const [entrant, path] = process.argv.slice(2)
const { log } = await entrants[entrant](path)
for (let n = 0; n < 1_000_000; n++) log('line', { n })
