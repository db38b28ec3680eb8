import { checks } from './checks.js'

for (const text of await checks()) process.stdout.write(`${text}\n`)
