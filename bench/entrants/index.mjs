// Everyone who is measured. An entrant is
//   open(paths, setup, core) → { log, finish, close, api }: a logger at level info that writes every line to each of
//                              `paths`; finish() hands every line to the kernel, close() releases the files
//                              `api`, where it is given, is what else its package exports
//   calls                      its call for each scenario it takes part in, from ../calls
//   readLine(line)           → { level, msg, fields }: its parsed JSON line under names that are the same for everyone
//
// A scenario's `setup` is, beside `outputs` (how many paths, 1 unless given): `formats`, the calls use printf
// placeholders; `redacts`, the payments of ../orders.mjs are logged and their secrets must be hidden, `'paths'` those of the
// open ones that the logger is told of; `formatters`, as
// in pino's benchmark of that name.
import { pino, pinoBlock } from './pino.mjs'
import { wideline } from './wideline.mjs'
import { winston } from './winston.mjs'

export const entrants = { wideline, pino, 'pino-sink': pinoBlock, winston }
export const entrantNames = Object.keys(entrants)

/** Those who take part in a scenario. */
export const namesIn = (scenario) => entrantNames.filter((name) => scenario.name in entrants[name].calls)

export const reference = 'wideline'
/** Stands in an entrant's place for an empty call: what the loop, and in some scenarios the turn, costs by itself. */
export const harness = 'nothing'
