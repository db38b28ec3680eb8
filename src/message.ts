import { ownText } from './bytes/own-text.js'

/** How a message shows a value that is not text: within bounds, and without secrets. */
export type Show = (value: unknown) => string

/** What came of the values given beside a template. */
export interface Formatted {
  readonly text: string
  /** Values that found a placeholder. */
  readonly used: number
}

const PLACEHOLDERS = 'sdifjoOc'

/** A template taken apart: the letters of its placeholders, and the texts around them, of which there is one more. */
interface Parts {
  readonly letters: readonly string[]
  readonly texts: readonly string[]
}

/** Templates are constants of the program, nearly always: so many are kept, of so many units at most. */
const MAX_KEPT = 256
const MAX_UNITS = 256
const kept = new Map<string, Parts>()

/**
 * Fills printf placeholders with the values from some one on: `%s` text, `%d` `%i` `%f` numbers, `%j` `%o` `%O` values as
 * JSON, `%c` nothing, `%%` a percent sign. A placeholder without a value stays as it is.
 *
 * @see util.format in Node.js, whose letters these are.
 */
export function format(template: string, values: readonly unknown[], first: number, show: Show): Formatted {
  const { letters, texts } = kept.get(template) ?? partsOf(template)
  const used = Math.min(letters.length, values.length - first)
  let text = texts[0]
  for (let i = 0; i < letters.length; i++) {
    text += (i < used ? filled(letters[i], values[first + i], show) : `%${letters[i]}`) + texts[i + 1]
  }
  return { text, used }
}

function partsOf(template: string): Parts {
  const parts = takeApart(template)
  if (parts.letters.length === 0 || template.length > MAX_UNITS) return parts
  // Those that are made of data must not keep the others out, nor what they are made of in memory.
  if (kept.size === MAX_KEPT) kept.clear()
  const own = ownText(template)
  const ownParts = takeApart(own)
  kept.set(own, ownParts)
  return ownParts
}

function takeApart(template: string): Parts {
  const letters: string[] = []
  const texts = ['']
  let from = 0
  for (let at = template.indexOf('%'); at >= 0 && at + 1 < template.length; at = template.indexOf('%', at)) {
    const letter = template[at + 1]
    if (letter === '%') texts[letters.length] += template.slice(from, at + 1)
    else if (PLACEHOLDERS.includes(letter)) {
      texts[letters.length] += template.slice(from, at)
      letters.push(letter)
      texts.push('')
    } else {
      at++
      continue
    }
    at += 2
    from = at
  }
  texts[letters.length] += template.slice(from)
  return { letters, texts }
}

function filled(letter: string, value: unknown, show: Show): string {
  switch (letter) {
    case 'd':
    case 'f':
      return typeof value === 'bigint' ? show(value) : String(numberOf(value))
    case 'i':
      return typeof value === 'bigint' ? show(value) : String(Math.trunc(numberOf(value)))
    case 'c':
      return ''
    case 's':
      return typeof value === 'string' ? value : show(value)
    default:
      return show(value)
  }
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : typeof value === 'string' ? Number.parseFloat(value) : NaN
}
