import * as api from '@opentelemetry/api'

// What lines, requests and calls use of it, read once: what it exports are accessors, which take up to 200 ns a look.
export const context: typeof api.context = api.context
export const createContextKey: typeof api.createContextKey = api.createContextKey
export const createNoopMeter: typeof api.createNoopMeter = api.createNoopMeter
export const createTraceState: typeof api.createTraceState = api.createTraceState
export const isSpanContextValid: typeof api.isSpanContextValid = api.isSpanContextValid
export const isValidSpanId: typeof api.isValidSpanId = api.isValidSpanId
export const isValidTraceId: typeof api.isValidTraceId = api.isValidTraceId
export const ROOT_CONTEXT: typeof api.ROOT_CONTEXT = api.ROOT_CONTEXT
export const SpanKind: typeof api.SpanKind = api.SpanKind
export const SpanStatusCode: typeof api.SpanStatusCode = api.SpanStatusCode
export const trace: typeof api.trace = api.trace
export const TraceFlags: typeof api.TraceFlags = api.TraceFlags
