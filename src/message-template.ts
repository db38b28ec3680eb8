import { OptionError } from './options/option-error.js'

/** The names of the holes in a text, for the compiler to check. */
export type HolesOf<Text extends string> = Text extends `${string}{${infer Hole}}${infer Rest}`
  ? Hole extends `{${string}` | ''
    ? HolesOf<Rest>
    : Hole | HolesOf<Rest>
  : never

const HOLE = /\{\{|\}\}|\{([^{}]*)\}/g
const NAME = /^[^\s{}]{1,256}$/

/** A message with named holes, read once. See {@link template}. */
export class MessageTemplate<Hole extends string = string> {
  /** For the compiler: which names it takes. */
  declare readonly of: Hole
  /** Texts around the holes, one more than there are holes. */
  private readonly texts: readonly string[]
  private readonly holes: readonly string[]

  /** @throws OptionError for a hole without a name. */
  constructor(
    /** As it was given, with its holes. */
    readonly text: string,
  ) {
    const texts: string[] = ['']
    const holes: string[] = []
    let from = 0
    for (const match of text.matchAll(HOLE)) {
      const [whole, name] = match
      texts[texts.length - 1] += text.slice(from, match.index)
      from = match.index + whole.length
      if (name === undefined) texts[texts.length - 1] += whole[0]
      else {
        if (!NAME.test(name)) throw new OptionError('template', 'a text whose holes have names, such as {user}', text)
        holes.push(name)
        texts.push('')
      }
    }
    texts[texts.length - 1] += text.slice(from)
    this.texts = texts
    this.holes = holes
  }

  /** The message. @param shown - A hole's value as text; undefined leaves the hole as it is. */
  fill(shown: (name: string) => string | undefined): string {
    const { texts, holes } = this
    let message = texts[0]
    for (let i = 0; i < holes.length; i++) message += (shown(holes[i]) ?? `{${holes[i]}}`) + texts[i + 1]
    return message
  }
}

/**
 * A message whose holes are filled with the fields it is logged with, so that both come from the same values. Read once:
 * make it outside of the call. `{{` and `}}` stand for braces.
 *
 * @throws OptionError for a hole without a name.
 * @example
 * const bought = template('User {user} bought {qty}')
 * log.info(bought, { user: 'ann', qty: 3 }) // {"msg":"User ann bought 3","user":"ann","qty":3}
 */
export function template<const Text extends string>(text: Text): MessageTemplate<HolesOf<Text>> {
  if (typeof text !== 'string') throw new OptionError('template', 'a text', text)
  return new MessageTemplate(text)
}

const byStrings = new WeakMap<TemplateStringsArray, MessageTemplate>()

/**
 * {@link template} as a tag, where the call is: read at the first call from there, and not again.
 *
 * @example log.info(msg`User {user} bought {qty}`, { user, qty })
 */
export function msg(strings: TemplateStringsArray, ...none: readonly never[]): MessageTemplate {
  let made = byStrings.get(strings)
  if (made === undefined) {
    made = new MessageTemplate(strings.join(none.length > 0 ? '{?}' : ''))
    byStrings.set(strings, made)
  }
  return made
}
