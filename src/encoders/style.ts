/** Terminal styles of {@link pretty}. Each wraps text, or leaves it alone where colours are off. */
export interface Palette {
  dim(text: string): string
  bold(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
  blue(text: string): string
  magenta(text: string): string
  cyan(text: string): string
}

export function palette(isColoured: boolean): Palette {
  const style =
    (on: number, off: number) =>
    (text: string): string =>
      isColoured ? `\u001b[${on}m${text}\u001b[${off}m` : text
  return {
    dim: style(2, 22),
    bold: style(1, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    blue: style(34, 39),
    magenta: style(35, 39),
    cyan: style(36, 39),
  }
}

/** Whether to colour: FORCE_COLOR and NO_COLOR decide, else whether a terminal is there. */
export function wantsColour(isTerminal: boolean, environment: NodeJS.ProcessEnv = process.env): boolean {
  const force = environment['FORCE_COLOR']
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  const no = environment['NO_COLOR']
  if (no !== undefined && no !== '') return false
  return isTerminal && environment['TERM'] !== 'dumb'
}
