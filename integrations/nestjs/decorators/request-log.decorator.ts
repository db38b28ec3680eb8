import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import type { UnitLog } from '../../../src/index.js'
import { currentLog, logOfRequest } from '../../http/index.js'

/**
 * The log of the request, as a parameter of a handler. The name is its type's too.
 *
 * @example pay(@RequestLog() log: RequestLog) { log.set({ tenant: 'acme' }) }
 * @publicApi
 */
export const RequestLog: (...args: unknown[]) => ParameterDecorator = createParamDecorator(
  (_data: unknown, context: ExecutionContext): UnitLog | undefined =>
    context.getType() === 'http' ? logOfRequest(context.switchToHttp().getRequest()) : currentLog(),
)

/** @publicApi */
export type RequestLog = UnitLog
