import { checkOption, text as isText } from '../options/check.js'
import { nearest } from '../options/nearest.js'
import { OptionError } from '../options/option-error.js'
import { DateFormat, DateFormatError } from './pattern-date.js'
import type { Width } from './pattern-width.js'

/** What a step writes. */
export type Conversion = 'text' | 'n' | 'd' | 'level' | 'logger' | 'msg' | 'field' | 'fields' | 'error'

/** A part of a template. */
export interface Step {
  readonly conversion: Conversion
  /** What is written as it is, the name of a field, or the form of an error. */
  readonly text: string
  readonly date: DateFormat | undefined
  readonly width: Width | undefined
  /** Whether a space comes in front, if anything is written. */
  readonly hasSpace: boolean
}

const CONVERSIONS: ReadonlyMap<string, Conversion> = new Map<string, Conversion>([
  ['n', 'n'],
  ['d', 'd'],
  ['level', 'level'],
  ['logger', 'logger'],
  ['msg', 'msg'],
  ['field', 'field'],
  ['fields', 'fields'],
  ['error', 'error'],
  // llog's and log4j's other names for them.
  ['date', 'd'],
  ['p', 'level'],
  ['c', 'logger'],
  ['m', 'msg'],
])

const ERROR_FORMS = ['line', 'lines', 'short']
const ZONES = ['UTC', 'local']
const MAX_WIDTH = 1000
const SPECIFIER = /%(-?)(\d*)(?:\.(-?)(\d+))?([A-Za-z]+|%)?/y
const OPTION = /\{([^}\n]*)\}/y

/**
 * Reads a template once, into steps. A newline at its end is left out: every line has one.
 *
 * @throws OptionError that names the column of what it does not understand.
 */
export function parseTemplate(template: string): readonly Step[] {
  checkOption('template', template, isText)
  const steps = new TemplateReader(template).steps
  if (steps.at(-1)?.conversion === 'n') steps.pop()
  return steps
}

class TemplateReader {
  readonly steps: Step[] = []
  private at = 0

  constructor(private readonly template: string) {
    while (this.at < template.length) {
      const percent = template.indexOf('%', this.at)
      const end = percent < 0 ? template.length : percent
      this.literal(template.slice(this.at, end))
      this.at = end
      if (percent >= 0) this.specifier()
    }
  }

  /** A newline that stands in the template itself is `%n`. */
  private literal(text: string): void {
    text.split('\n').forEach((part, i) => {
      if (i > 0) this.add('n')
      if (part !== '') this.add('text', part)
    })
  }

  private specifier(): void {
    const start = this.at
    SPECIFIER.lastIndex = start
    const [whole = '%', minus = '', min = '', maxMinus = '', max = '', word] = SPECIFIER.exec(this.template) ?? []
    this.at += whole.length
    if (word === undefined) this.fail(start, 'of known conversions', 'a lone % (%% writes one)')
    const isPlain = whole.length === word.length + 1
    if (word === '%' && isPlain) {
      this.add('text', '%')
      return
    }
    const conversion = CONVERSIONS.get(word)
    if (conversion === undefined || (conversion === 'n' && !isPlain)) this.unknown(start, whole, word)
    const width = isPlain ? undefined : this.width(start, minus, min, maxMinus, max)
    if (conversion === 'd') this.date(width)
    else if (conversion === 'field') this.field(start, width)
    else if (conversion === 'error') this.error(width)
    else if (conversion === 'fields') this.addAfterSpace(conversion, '', width)
    else this.add(conversion, '', width)
  }

  private width(start: number, minus: string, min: string, maxMinus: string, max: string): Width {
    const width = {
      min: Number(min),
      max: max === '' ? Infinity : Number(max),
      isLeft: minus !== '',
      keepsStart: maxMinus !== '',
    }
    const isInRange = width.min <= MAX_WIDTH && (width.max === Infinity || width.max <= MAX_WIDTH)
    if (!isInRange) this.fail(start, `of widths up to ${MAX_WIDTH}`, 'a larger one')
    return width
  }

  private date(width: Width | undefined): void {
    const start = this.at + 1
    const format = this.option() ?? 'ISO8601'
    const zone = this.choice('UTC', ZONES)
    try {
      const date = new DateFormat(format, zone === 'local')
      this.steps.push({ conversion: 'd', text: '', date, width, hasSpace: false })
    } catch (error) {
      if (!(error instanceof DateFormatError)) throw error
      this.fail(start + error.offset, 'of known date formats', error.message)
    }
  }

  private field(start: number, width: Width | undefined): void {
    const name = this.option()
    if (name === undefined || name === '') this.fail(start, 'of %field{name} for fields', 'one without a name')
    this.add('field', name, width)
  }

  private error(width: Width | undefined): void {
    const at = this.at
    const form = this.choice('line', ERROR_FORMS)
    if (form === 'lines' && width !== undefined) this.fail(at, 'without widths for lines', '{lines} behind one')
    this.addAfterSpace('error', form, width)
  }

  private choice(usual: string, known: readonly string[]): string {
    const at = this.at
    const choice = this.option()
    if (choice === undefined) return usual
    if (!known.includes(choice)) this.fail(at, `of {${known.join('}, {')}} behind that conversion`, `{${choice}}`)
    return choice
  }

  /** The text in braces that follows, or undefined if no brace does. */
  private option(): string | undefined {
    if (this.template[this.at] !== '{') return undefined
    OPTION.lastIndex = this.at
    const found = OPTION.exec(this.template)
    if (found === null) this.fail(this.at, 'with closed braces', 'an open one')
    this.at += found[0].length
    return found[1]
  }

  private add(conversion: Conversion, text = '', width?: Width): void {
    this.steps.push({ conversion, text, date: undefined, width, hasSpace: false })
  }

  /** A step that may have nothing to write takes the space before it along, unless it keeps a width. */
  private addAfterSpace(conversion: Conversion, text: string, width: Width | undefined): void {
    const last = this.steps.at(-1)
    const hasSpace = width === undefined && last?.conversion === 'text' && last.text.endsWith(' ')
    if (hasSpace) {
      this.steps.pop()
      if (last.text !== ' ') this.add('text', last.text.slice(0, -1))
    }
    this.steps.push({ conversion, text, date: undefined, width, hasSpace })
  }

  private unknown(start: number, whole: string, word: string): never {
    const known = Array.from(CONVERSIONS.keys())
    // Of one or two letters everything is near.
    const close = CONVERSIONS.has(word) || word.length < 3 ? undefined : nearest(word, known)
    const hint = close === undefined ? `known are %${known.join(' %')} %%` : `did you mean %${close}?`
    this.fail(start, 'of known conversions', `${whole} (${hint})`)
  }

  private fail(at: number, what: string, found: string): never {
    throw new OptionError('template', `a pattern ${what}, but column ${at + 1} has ${found}`, this.template)
  }
}
