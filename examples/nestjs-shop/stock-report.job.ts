import { Injectable } from '@nestjs/common'
import { Cron } from '@nestjs/schedule'
import { ContextLogger, InjectLogger } from 'wideline/nestjs'

/** A scheduled job is a unit too. */
@Injectable()
export class StockReport {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  @Cron('0 3 * * *', { name: 'stock-report' })
  write(): void {
    this.log.set({ skus: 1 })
  }
}
