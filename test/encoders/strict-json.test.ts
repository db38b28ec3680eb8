import { describe, expect, it } from 'vitest'
import { depthOf, strictParse } from './strict-json.js'

describe('the strict reader', () => {
  it.each([
    { name: 'scalars', input: '[1,-2.5e+3,true,false,null,"x"]' },
    { name: 'the same key in two objects', input: '{"a":{"a":1},"b":{"a":1},"c":[{"a":1},{"a":2}]}' },
    { name: 'a value that equals a key', input: '{"a":"a","b":"a"}' },
    { name: 'brackets, colons and quotes in texts', input: '{"a:{":"}]\\"","a":"{\\"a\\":1,\\"a\\":2}"}' },
    { name: 'a backslash before the closing quote', input: '{"a":"\\\\","b":"\\\\\\""}' },
    { name: 'spaces between', input: '{ "a" : 1 , "b" : [ ] }' },
    { name: 'escaped controls', input: '{"a":"\\n\\u001b\\u2028"}' },
  ])('reads $name', ({ input }) => {
    expect(strictParse(input)).toEqual(JSON.parse(input))
  })

  // Each of these is a control: a checker that lets one of them pass would let a broken line pass.
  it.each([
    { name: 'a key twice', input: '{"a":1,"a":2}', want: 'the key "a" twice' },
    { name: 'a key twice, once escaped', input: '{"a":1,"\\u0061":2}', want: 'the key "a" twice' },
    { name: 'a key twice, deep', input: '[{"x":[{"k":1,"j":{},"k":3}]}]', want: 'the key "k" twice' },
    { name: 'a key twice around an object', input: '{"a":{"b":1},"a":2}', want: 'the key "a" twice' },
    { name: 'an empty key twice', input: '{"":1,"":2}', want: 'the key "" twice' },
    { name: 'a lone surrogate', input: '{"a":"\ud800"}', want: 'a lone surrogate' },
    { name: 'a raw DEL', input: '{"a":"\u007f"}', want: 'a raw U+007f at 6' },
    { name: 'a raw line separator', input: '{"a":"\u2028"}', want: 'a raw U+2028 at 6' },
    { name: 'a newline between', input: '{"a":1,\n"b":2}', want: 'a raw U+000a at 7' },
  ])('refuses $name', ({ input, want }) => {
    expect(() => strictParse(input)).toThrow(want)
  })

  it.each(['', '{', '{"a":1}}', '{"a":1} {"b":2}', "{'a':1}", '{"a":NaN}', '{"a":1,}', '{"a":"\n"}'])(
    'refuses %j, which is not JSON',
    (input) => {
      expect(() => strictParse(input)).toThrow(SyntaxError)
    },
  )

  it('tells how deep a text is', () => {
    expect(['1', '{}', '{"a":[{}],"b":[]}', '"[[["'].map(depthOf)).toEqual([0, 1, 3, 0])
  })
})
