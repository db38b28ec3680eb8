import fs from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Ended, runExample } from './support.js'

const file = path.resolve(import.meta.dirname, '../../docs/pretty.svg')

/** The lines a picture shows, each whole, with what differs each time out of them. */
function linesOf(svg: string): string[] {
  const texts = [...svg.matchAll(/<text .*?<\/text>/g)].map(([text]) => text)
  const bare = texts.map((text) => text.replace(/<tspan class="wrap">.*?<\/tspan>/g, '').replace(/<[^>]*>/g, ''))
  return bare.map((line) => line.replaceAll('&lt;', '<').replaceAll('&amp;', '&')).map(still)
}

function still(line: string): string {
  return line
    .replace(/^\d\d:\d\d:\d\d\.\d{3}/, 'TIME')
    .replace(/\d+(?:\.\d+)? ms/, 'MS ms')
    .replace(/(firstByteMs|requestId|traceId|spanId)=\S+/g, '$1=…')
    .replace(/\.js:\d+:\d+\)/, '.js:…)')
    .replace(/… \d+ more/, '… more')
}

describe('the picture of pretty()', () => {
  const drawn = fs.readFileSync(file, 'utf8')
  let now: Ended
  beforeAll(async () => {
    now = await runExample('nestjs-shop/picture.js')
  })

  it('shows what the shop writes now; else: node dist/examples/nestjs-shop/picture.js > docs/pretty.svg', () => {
    expect({ code: now.code, stderr: now.stderr }).toEqual({ code: 0, stderr: '' })
    expect(linesOf(drawn)).toEqual(linesOf(now.stdout))
  })

  it('shows a success, a client at fault, a failure with its cause and an aborted request', () => {
    const text = linesOf(drawn).join('\n')
    expect(text).toMatch(/ 201 MS ms .* orderId=42 amount=99\.5 card="…4242" tenant=acme paymentId=p-1$/m)
    expect(text).toMatch(/ 400 MS ms .* invalid=\["amount","card"\] orderId=42$/m)
    expect(text).toMatch(/^ {4}error: Error: gateway timeout$/m)
    expect(text).toMatch(/^ {8}cause: Error: socket closed$/m)
    expect(text).toMatch(/ GET \/orders\/report aborted MS ms /)
  })

  it('has no path of a machine and no secret', () => {
    expect(drawn).not.toMatch(/file:|4242424242424242|dist\/esm/)
  })

  it('would differ from one whose lines say something else (control)', () => {
    expect(linesOf(drawn.replace('201', '200'))).not.toEqual(linesOf(now.stdout))
  })
})
