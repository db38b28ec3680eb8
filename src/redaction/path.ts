import { OptionError } from '../options/option-error.js'

/** One step of a path: a name, any one name or index, or any number of them. */
export type Step = { readonly kind: 'name'; readonly name: string } | { readonly kind: 'any' | 'many' }

const MAX_STEPS = 32
const PLAIN = /[^.[\]*]+/y
const BRACKET = /\[(?:(\*)|(\d+)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\]/y

/**
 * Reads a path: `user.password`, `users[*].email`, `*.token`, `order.**.iban`, `headers["x-api-key"]`. `*` stands for one
 * step, `**` for any number of them.
 *
 * @param option - What errors call it.
 * @throws OptionError with the column where it cannot be read.
 */
export function parsePath(option: string, text: unknown): Step[] {
  if (typeof text !== 'string' || text === '') throw new OptionError(option, 'a path such as user.password', text)
  const steps: Step[] = []
  let at = 0
  const fail = (expected: string): never => {
    throw new OptionError(`${option}, column ${at + 1},`, expected, text)
  }
  while (at < text.length) {
    if (text[at] === '[') {
      BRACKET.lastIndex = at
      const match = BRACKET.exec(text)
      if (match === null) return fail(`[*], [0] or ["name"]`)
      const [whole, any, index, double, single] = match
      const quoted = double ?? single
      if (any !== undefined) steps.push({ kind: 'any' })
      else steps.push({ kind: 'name', name: index ?? quoted.replace(/\\(.)/g, '$1') })
      at += whole.length
    } else {
      if (steps.length > 0) {
        if (text[at] !== '.') return fail('a dot or a bracket')
        at++
      }
      if (text.startsWith('**', at)) {
        if (steps.at(-1)?.kind === 'many') return fail('a name after **')
        steps.push({ kind: 'many' })
        at += 2
      } else if (text[at] === '*') {
        steps.push({ kind: 'any' })
        at++
      } else {
        PLAIN.lastIndex = at
        const name = PLAIN.exec(text)?.[0]
        if (name === undefined) return fail('a name, * or [')
        steps.push({ kind: 'name', name })
        at += name.length
      }
    }
    if (steps.length > MAX_STEPS) return fail(`at most ${MAX_STEPS} steps`)
  }
  if (steps.every(({ kind }) => kind !== 'name')) return fail('a path with at least one name')
  return steps
}
