import { checkOption, integer } from '../../options/check.js'
import { type Sampler, Share } from './sampler.js'

/**
 * Keeps the first line and every nth after it.
 *
 * @param n - Integer from 1 (all) to 1,000,000,000.
 * @throws OptionError
 */
export function everyNth(n: number): Sampler {
  checkOption('everyNth(n)', n, integer(1, 1e9))
  return new Share(n)
}
