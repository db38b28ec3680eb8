export { captureNestLogs } from './capture-nest-logs.js'
export type { CapturedNestLogs, LineLike, TestingBuilder, WideLine } from './capture-nest-logs.js'
export type { CapturedLogs } from '../../../src/testing/index.js'
