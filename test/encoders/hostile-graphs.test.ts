import { describe, expect, it } from 'vitest'
import { type FieldWriter, json, type Loggable, loggable, pretty } from 'wideline'
import { write } from './lines.js'
import { depthOf, strictParse } from './strict-json.js'

/** A line has room for a few thousand values; whoever reads more than this of one graph has no bound at all. */
const MAX_READS = 20_000

/** Errors are large, and a reader of a log wants a handful. */
const MAX_ERROR_READS = 2_000

const ENCODERS = [
  { name: 'json()', make: json },
  { name: 'pretty()', make: () => pretty({ colour: false }) },
]

/** Errors that hold each other ten times over, level upon level: few objects, and ten to the power of them as a tree. */
function aggregated(levels: number, onRead: () => void): Error {
  let error = new Error('leaf')
  for (let i = 0; i < levels; i++) {
    error = new AggregateError(new Array<Error>(10).fill(error), 'x')
    Object.defineProperty(error, 'code', {
      enumerable: true,
      get: () => {
        onRead()
        return 'E_X'
      },
    })
  }
  return error
}

/** Shows itself twice, for as long as anybody asks. */
class Mirror implements Loggable {
  reads = 0;

  [loggable](fields: FieldWriter): void {
    if (this.reads++ < 2 * MAX_READS) fields.any('left', this).any('right', [this])
  }
}

/** Shows a new one of its kind, for as long as anybody asks. */
class Chain implements Loggable {
  constructor(readonly depth: { value: number }) {}

  [loggable](fields: FieldWriter): void {
    if (this.depth.value++ < 2 * MAX_READS) fields.any('next', new Chain(this.depth))
  }
}

/** Puts its own fields among its fields, which ends with the stack. */
class Spread implements Loggable {
  [loggable](fields: FieldWriter): void {
    fields.int('own', 1).all(this)
  }
}

describe.each(ENCODERS)('$name reads no more than a line has room for', ({ name, make }) => {
  const isJson = name === 'json()'

  it('of errors that hold each other ten times over', () => {
    let reads = 0
    const { logger, lines } = write(make())
    logger.error(aggregated(5, () => reads++))
    expect(reads).toBeGreaterThan(0)
    expect(reads).toBeLessThan(MAX_ERROR_READS)
    if (isJson) strictParse(lines[0])
  })

  it('of a Loggable that shows itself', () => {
    const { logger, lines } = write(make())
    const mirror = new Mirror()
    logger.info('m', { mirror })
    expect(mirror.reads).toBeLessThan(MAX_READS)
    if (isJson) expect(depthOf(lines[0])).toBeLessThanOrEqual(13)
  })

  it('of Loggables that show ever new ones', () => {
    const { logger, lines } = write(make())
    const depth = { value: 0 }
    logger.info('m', { chain: new Chain(depth) })
    expect(depth.value).toBeLessThan(MAX_READS)
    if (isJson) expect(depthOf(lines[0])).toBeLessThanOrEqual(13)
  })

  it('of a Loggable that puts its own fields among its fields, and does not throw', () => {
    const { logger, lines } = write(make())
    logger.info('m', { spread: new Spread() })
    expect(() => logger.at('info')?.all(new Spread()).msg('m')).not.toThrow()
    expect(lines).toHaveLength(2)
    for (const line of lines) expect(line.length).toBeLessThan(1000)
  })

  it('of objects within objects that make two of themselves at every level', () => {
    let reads = 0
    const twice = (): object => ({
      get a() {
        reads++
        return twice()
      },
      get b() {
        return [twice(), twice()]
      },
    })
    write(make()).logger.info('m', { twice: twice() })
    expect(reads).toBeLessThan(MAX_READS)
  })
})
