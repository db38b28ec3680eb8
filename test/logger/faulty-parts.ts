import { ByteBuffer, type Encoder, json, type Output, type OutputStats } from 'wideline'

const STEPS = ['begin', 'commit', 'flushSync', 'stats', 'open'] as const

export type OutputStep = (typeof STEPS)[number]

export const OUTPUT_STEPS: readonly OutputStep[] = STEPS

/** An output that throws at one step. */
export function faultyOutput(step: OutputStep, reason: unknown = new Error(`${step} failed`)): Output {
  const buffer = new ByteBuffer(1024)
  const fail = (at: OutputStep): void => {
    // Anything may be thrown: that is the point.
    // oxlint-disable-next-line typescript/only-throw-error
    if (at === step) throw reason
  }
  const stats: OutputStats = { accepted: 0, written: 0, pending: 0, failed: 0, dropped: {}, bytes: 0 }
  return {
    open: () => fail('open'),
    begin: () => {
      fail('begin')
      buffer.length = 0
      return buffer
    },
    commit: () => fail('commit'),
    flush: () => Promise.resolve(),
    flushSync: () => fail('flushSync'),
    close: () => Promise.resolve(),
    stats: () => {
      fail('stats')
      return stats
    },
  }
}

/** json(), which throws for lines that have a field; or for every line. */
export function faultyEncoder(isHopeless = false, reason: unknown = new Error('cannot encode')): Encoder {
  const right = json()
  return {
    reservedKeys: right.reservedKeys,
    encodeField: (...field) => right.encodeField(...field),
    encode: (entry, out) => {
      out.text('half a li')
      // oxlint-disable-next-line typescript/only-throw-error
      if (isHopeless || (entry.count > 0 && entry.keys[0].name === 'bad')) throw reason
      out.length -= 'half a li'.length
      right.encode(entry, out)
    },
  }
}
