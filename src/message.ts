/** How a message shows a value that is not text: within bounds, and without secrets. */
export type Show = (value: unknown) => string

/** What came of the values given beside a template. */
export interface Formatted {
  readonly text: string
  /** Values that found a placeholder, counted from the first. */
  readonly used: number
}

const PLACEHOLDERS = 'sdifjoOc%'

/**
 * Fills printf placeholders: `%s` text, `%d` `%i` `%f` numbers, `%j` `%o` `%O` values as JSON, `%c` nothing, `%%` a
 * percent sign. A placeholder without a value stays as it is.
 *
 * @see util.format in Node.js, whose letters these are.
 */
export function format(template: string, values: readonly unknown[], show: Show): Formatted {
  let text = ''
  let from = 0
  let used = 0
  for (let at = template.indexOf('%'); at >= 0 && at + 1 < template.length; at = template.indexOf('%', at)) {
    const letter = template[at + 1]
    if (letter === '%') text += template.slice(from, at + 1)
    else if (PLACEHOLDERS.includes(letter) && used < values.length) {
      text += template.slice(from, at) + filled(letter, values[used++], show)
    } else {
      at += 1
      continue
    }
    at += 2
    from = at
  }
  return { text: text + template.slice(from), used }
}

function filled(letter: string, value: unknown, show: Show): string {
  switch (letter) {
    case 'd':
    case 'f':
      return typeof value === 'bigint' ? `${value}n` : String(numberOf(value))
    case 'i':
      return typeof value === 'bigint' ? `${value}n` : String(Math.trunc(numberOf(value)))
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
