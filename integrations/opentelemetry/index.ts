export { otel } from './otel-output.js'
export type { OtelOptions } from './otel-output.js'
