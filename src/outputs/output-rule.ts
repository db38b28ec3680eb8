import { having, type Rule } from '../options/check.js'

/** What takes an output. */
export const outputRule: Rule = having(
  'an output, such as stdout() or stream(writable)',
  'begin',
  'commit',
  'flush',
  'flushSync',
  'close',
  'stats',
)
