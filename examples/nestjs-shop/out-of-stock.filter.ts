import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common'
import type { Response } from 'express'

export class OutOfStockError extends Error {
  override readonly name = 'OutOfStockError'
}

/** Answers by itself; the wide line has the error all the same. */
@Catch(OutOfStockError)
export class OutOfStockFilter implements ExceptionFilter {
  catch(error: OutOfStockError, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Response>().status(409).json({ sorry: error.message })
  }
}
