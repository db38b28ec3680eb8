import { OptionError } from '../../options/option-error.js'
import type { Sampler } from './sampler.js'

/**
 * Keeps each line with the same probability, by chance.
 *
 * @param share - From 0 (none) to 1 (all).
 * @param random - Gives numbers from 0 to less than 1. Default `Math.random`.
 * @throws OptionError
 * @example createLogger({ sampling: { debug: probability(0.01) } })
 */
export function probability(share: number, random: () => number = Math.random): Sampler {
  if (typeof share !== 'number' || !(share >= 0 && share <= 1))
    throw new OptionError('probability(share)', 'a number from 0 to 1', share)
  return { admits: () => random() < share }
}
