import { describe, expect, it } from 'vitest'
import { type Encoder, type Entry, json, pretty } from 'wideline'
import { encoderConformance } from 'wideline/testing'

const ENCODERS: { name: string; make: () => Encoder }[] = [
  { name: 'json()', make: () => json() },
  { name: 'pretty() without colours', make: () => pretty({ colour: false }) },
  { name: 'pretty() with colours', make: () => pretty({ colour: true }) },
]

describe.each(ENCODERS)('$name', ({ make }) => {
  it.each(encoderConformance(make))('$name', async ({ run }) => {
    expect(await run()).toBeUndefined()
  })
})

/** json(), with one thing done wrongly. */
function broken(encode: (entry: Entry, line: string) => string): Encoder {
  const right = json()
  return {
    reservedKeys: right.reservedKeys,
    encodeField: (...field) => right.encodeField(...field),
    encode: (entry, out) => {
      const start = out.length
      right.encode(entry, out)
      const line = out.toString(start)
      out.length = start
      out.text(encode(entry, line))
    },
  }
}

describe('the conformance suite (control)', () => {
  it.each([
    { name: 'forgets the newline', encode: (_: Entry, line: string) => line.trimEnd(), want: 'ends every entry' },
    { name: 'writes two newlines', encode: (_: Entry, line: string) => `${line}\n`, want: 'ends every entry' },
    {
      name: 'lets an escape through',
      encode: (_: Entry, line: string) => line.replace(/\\u001b/g, '\u001b'),
      want: 'forge',
    },
    { name: 'lets a newline through', encode: (_: Entry, line: string) => line.replace(/\\n/g, '\n'), want: 'forge' },
    {
      name: 'writes the context over the line',
      encode: (_: Entry, line: string) => line.replace('inner', 'outer'),
      want: 'same key once',
    },
    {
      name: 'writes a message that is not there',
      encode: (entry: Entry, line: string) => line.replace('}', `,"text":"${entry.message}"}`),
      want: 'no message',
    },
    {
      name: 'writes values as JSON.stringify() does',
      encode: (entry: Entry, line: string) => `${line.trimEnd()}${JSON.stringify(entry.values[1])}\n`,
      want: 'secret name',
    },
    {
      name: 'escapes no quotes',
      encode: (_: Entry, line: string) => line.replaceAll('\\"', '"'),
      want: 'JSON in every line',
    },
    {
      name: 'reserves none of its keys',
      encode: (_: Entry, line: string) => line.replace('"_level"', '"level"'),
      want: 'JSON in every line',
    },
    {
      name: 'throws for a value',
      encode: (entry: Entry, line: string) => {
        if (entry.count > 5) throw new Error('too many')
        return line
      },
      want: 'never throws',
    },
  ])('catches an encoder that $name', async ({ encode, want }) => {
    const failed: string[] = []
    for (const { name, run } of encoderConformance(() => broken(encode))) {
      try {
        await run()
      } catch {
        failed.push(name)
      }
    }
    expect(failed.join('; ')).toContain(want)
  })

  it('passes an encoder that does everything right', async () => {
    for (const { run } of encoderConformance(() => broken((_, line) => line))) await run()
    expect(encoderConformance(() => json()).length).toBeGreaterThan(5)
  })
})
