import type { MeterProvider } from '@opentelemetry/api'
import type { FinishedUnit, Logger, UnitListener, UnitLog } from '../../src/index.js'
import { observeLogger } from './logger-metrics.js'
import { RequestMetrics } from './request-metrics.js'

/** Measures with the meters of the provider there is: before 1.10 those of an SDK that starts later are others. */
export class MetricsSignal implements UnitListener {
  private provider: MeterProvider | undefined = undefined
  private requests: RequestMetrics | undefined = undefined
  private endLogger: () => void = () => undefined

  constructor(
    private readonly log: Logger,
    private readonly current: () => MeterProvider,
    private readonly scope: string,
  ) {
    this.connect()
  }

  started(log: UnitLog): void {
    this.connect().started(log)
  }

  finished(unit: FinishedUnit, log: UnitLog): void {
    this.connect().finished(unit, log)
  }

  stop(): void {
    this.requests?.stop()
    this.endLogger()
  }

  private connect(): RequestMetrics {
    const provider = this.current()
    if (this.requests !== undefined && provider === this.provider) return this.requests
    this.stop()
    this.provider = provider
    const meter = provider.getMeter(this.scope)
    this.endLogger = observeLogger(provider, meter, this.log)
    this.requests = new RequestMetrics(meter)
    return this.requests
  }
}
