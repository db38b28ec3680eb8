import { checkOption, text } from '../options/check.js'

/**
 * Ids that count, for tests: `req-1`, `req-2` … Given as `generateId`, requests have the same ids in every run.
 *
 * @example requestLogger({ logger, generateId: fixedIds('req') })
 */
export function fixedIds(prefix = 'id'): () => string {
  checkOption('fixedIds(prefix)', prefix, text)
  let count = 0
  return () => `${prefix}-${++count}`
}
