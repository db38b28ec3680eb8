import { describe, expect, it } from 'vitest'
import { isTraceparent, TraceContext } from 'wideline'
import { isTracestate } from '../../src/unit/tracestate.js'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const GOOD = `00-${TRACE}-${SPAN}-01`

describe('traceparent, as W3C Trace Context has it', () => {
  it.each([
    { name: 'version 00', header: GOOD, want: true },
    { name: 'not sampled', header: `00-${TRACE}-${SPAN}-00`, want: true },
    { name: 'unknown flags', header: `00-${TRACE}-${SPAN}-ff`, want: true },
    { name: 'a later version', header: `cc-${TRACE}-${SPAN}-01`, want: true },
    { name: 'a later version with more', header: `cc-${TRACE}-${SPAN}-01-what-will-be`, want: true },
    {
      name: 'a later version with more that does not begin with a dash',
      header: `cc-${TRACE}-${SPAN}-01.x`,
      want: false,
    },
    { name: 'version ff', header: `ff-${TRACE}-${SPAN}-01`, want: false },
    { name: 'version 00 with more', header: `${GOOD}-what`, want: false },
    { name: 'version 00 with a dash more', header: `${GOOD}-`, want: false },
    { name: 'a trace id of zeros', header: `00-${'0'.repeat(32)}-${SPAN}-01`, want: false },
    { name: 'a span id of zeros', header: `00-${TRACE}-${'0'.repeat(16)}-01`, want: false },
    { name: 'capital letters', header: GOOD.toUpperCase(), want: false },
    { name: 'letters that are no digits', header: GOOD.replace('0af7', '0ag7'), want: false },
    { name: 'a trace id that is too short', header: `00-${TRACE.slice(1)}-${SPAN}-01`, want: false },
    { name: 'a span id that is too long', header: `00-${TRACE}-${SPAN}0-01`, want: false },
    { name: 'flags of one digit', header: `00-${TRACE}-${SPAN}-1`, want: false },
    { name: 'a version of one digit', header: `0-${TRACE}-${SPAN}-01`, want: false },
    { name: 'a version that is no number', header: `0g-${TRACE}-${SPAN}-01`, want: false },
    { name: 'a version that begins with a letter', header: `g0-${TRACE}-${SPAN}-01`, want: false },
    { name: 'a letter at the beginning of a trace id', header: `00-g${TRACE.slice(1)}-${SPAN}-01`, want: false },
    { name: 'a letter at the end of a trace id', header: `00-${TRACE.slice(1)}g-${SPAN}-01`, want: false },
    { name: 'a letter at the beginning of a span id', header: `00-${TRACE}-g${SPAN.slice(1)}-01`, want: false },
    { name: 'a letter at the end of a span id', header: `00-${TRACE}-${SPAN.slice(1)}g-01`, want: false },
    { name: 'flags that begin with a letter', header: `00-${TRACE}-${SPAN}-g1`, want: false },
    { name: 'flags that end with a letter', header: `00-${TRACE}-${SPAN}-0g`, want: false },
    { name: 'what stands before the digits', header: `00-${TRACE.slice(1)}/-${SPAN}-01`, want: false },
    { name: 'what stands behind the digits', header: `00-${TRACE.slice(1)}:-${SPAN}-01`, want: false },
    { name: 'what stands before the letters', header: `00-${TRACE.slice(1)}\`-${SPAN}-01`, want: false },
    { name: 'every digit', header: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-09', want: true },
    { name: 'another first separator', header: `00_${TRACE}-${SPAN}-01`, want: false },
    { name: 'another second separator', header: `00-${TRACE}_${SPAN}-01`, want: false },
    { name: 'another third separator', header: `00-${TRACE}-${SPAN}_01`, want: false },
    { name: 'other separators', header: GOOD.replaceAll('-', '_'), want: false },
    { name: 'two headers in one', header: `${GOOD}, ${GOOD}`, want: false },
    { name: 'spaces around it', header: ` ${GOOD} `, want: false },
    { name: 'nothing', header: '', want: false },
    { name: 'no text', header: undefined, want: false },
  ])('$name: $want', ({ header, want }) => {
    expect(isTraceparent(header)).toBe(want)
  })

  it('is continued: the same trace, a span of its own, and the sampling of the caller', () => {
    const trace = TraceContext.of(`00-${TRACE}-${SPAN}-00`, 'a=1')
    expect(trace).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, flags: 0, tracestate: 'a=1' })
    expect(trace.spanId).toMatch(/^[0-9a-f]{16}$/)
    expect(trace.spanId).not.toBe(SPAN)
    expect(trace.traceparent).toBe(`00-${TRACE}-${trace.spanId}-00`)
  })

  it.each([
    { flags: '01', want: '01' },
    { flags: '12', want: '02' },
    { flags: 'ff', want: '03' },
    { flags: '10', want: '00' },
  ])('with the flags $flags hands on those that it knows: $want', ({ flags, want }) => {
    expect(TraceContext.of(`00-${TRACE}-${SPAN}-${flags}`, undefined).traceFlags).toBe(want)
  })

  it('of a new trace says that it is sampled, and that its id is random', () => {
    expect(TraceContext.root().traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/)
  })

  it('that is not well-formed begins a trace, and takes no state along', () => {
    const trace = TraceContext.of(GOOD.toUpperCase(), 'a=1')
    expect(trace.traceId).not.toBe(TRACE)
    expect(trace).toMatchObject({ parentSpanId: '', tracestate: '' })
    expect(isTraceparent(trace.traceparent)).toBe(true)
  })

  it('has a state that is not well-formed dropped, and is itself kept', () => {
    expect(TraceContext.of(GOOD, 'a=1,a=2')).toMatchObject({ traceId: TRACE, tracestate: '' })
  })

  it('of a child is that of its parent, whose span asked for it', () => {
    const parent = TraceContext.of(GOOD, 'a=1')
    expect(parent.child()).toMatchObject({
      traceId: TRACE,
      parentSpanId: parent.spanId,
      flags: parent.flags,
      tracestate: 'a=1',
    })
  })

  it('has ids that no other has', () => {
    const ids = Array.from({ length: 50_000 }, () => TraceContext.root()).flatMap(({ traceId, spanId }) => [
      traceId,
      spanId,
    ])
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('tracestate, as W3C Trace Context has it', () => {
  it.each([
    { name: 'one member', header: 'foo=1', want: true },
    { name: 'several, with spaces and tabs', header: 'foo=1 ,\tbar=2 \t', want: true },
    { name: 'empty members', header: 'foo=1,,bar=2,', want: true },
    { name: 'a tenant and a system', header: 'tenant@system=1', want: true },
    { name: 'a tenant that begins with a digit', header: '0tenant@system=1', want: true },
    { name: 'every character of a key', header: 'a_-*/0=1', want: true },
    { name: 'a value with spaces within', header: 'foo=a b', want: true },
    { name: 'the longest key', header: `${'z'.repeat(256)}=1`, want: true },
    { name: 'the longest tenant and system', header: `${'t'.repeat(241)}@${'v'.repeat(14)}=1`, want: true },
    { name: 'the longest value', header: `foo=${'v'.repeat(256)}`, want: true },
    { name: '32 members', header: Array.from({ length: 32 }, (_, i) => `k${i}=1`).join(','), want: true },
    { name: '33 members', header: Array.from({ length: 33 }, (_, i) => `k${i}=1`).join(','), want: false },
    { name: 'a key twice', header: 'foo=1,foo=2', want: false },
    { name: 'no value', header: 'foo=', want: false },
    { name: 'no sign', header: 'foo', want: false },
    { name: 'no key', header: '=1', want: false },
    { name: 'a space in a key', header: 'foo =1', want: false },
    { name: 'a capital letter in a key', header: 'FOO=1', want: false },
    { name: 'a dot in a key', header: 'foo.bar=1', want: false },
    { name: 'no system', header: 'foo@=1,bar=2', want: false },
    { name: 'no tenant', header: '@foo=1,bar=2', want: false },
    { name: 'two at signs', header: 'foo@@bar=1', want: false },
    { name: 'two systems', header: 'foo@bar@baz=1', want: false },
    { name: 'a key that is too long', header: `${'z'.repeat(257)}=1`, want: false },
    { name: 'a tenant that is too long', header: `${'t'.repeat(242)}@v=1`, want: false },
    { name: 'a system that is too long', header: `t@${'v'.repeat(15)}=1`, want: false },
    { name: 'a value that is too long', header: `foo=${'v'.repeat(257)}`, want: false },
    { name: 'a sign in a value', header: 'foo=bar=baz', want: false },
    { name: 'another script in a value', header: 'foo=é', want: false },
    { name: 'members that are all empty', header: ',,', want: false },
  ])('$name: $want', ({ header, want }) => {
    expect(isTracestate(header)).toBe(want)
  })
})
