import { InjectQueue, BullModule, Processor, WorkerHost, getQueueToken } from '@nestjs/bullmq'
import { Injectable, Logger as CommonLogger } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Cron, Interval, ScheduleModule, SchedulerRegistry, Timeout } from '@nestjs/schedule'
import type { Job, Queue } from 'bullmq'
import { defer, EMPTY, type Observable } from 'rxjs'
import { float, LogFields } from 'wideline/decorators'
import {
  type ContextLogger,
  currentLog,
  InjectLogger,
  LoggerModule,
  LogLevel,
  NestLogger,
  QuietRoute,
} from 'wideline/nestjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Lines } from '../lines.js'
import { rootOf } from '../support.js'
import { isInstalled, startBroker, type TestBroker, unitBrief } from './servers.js'

/** As query builders are: it runs when it is awaited. */
class LazyQuery implements PromiseLike<void> {
  constructor(private readonly run: () => void) {}

  // oxlint-disable-next-line unicorn/no-thenable -- that is the point
  then: PromiseLike<void>['then'] = (resolve, reject) => {
    this.run()
    return Promise.resolve().then(resolve, reject)
  }
}

@Injectable()
class Jobs {
  runs = 0
  private asked = 0

  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  @Cron('0 0 1 1 *', { name: 'nightly-report' })
  async report(): Promise<void> {
    await Promise.resolve()
    this.log.info('reporting')
    this.log.set({ rows: 3 })
  }

  @Cron('0 0 1 1 *', { name: 'failing' }) failing(): never {
    throw new Error('no database')
  }

  @Cron('0 0 1 1 *', { name: 'lazy' }) lazy(): PromiseLike<void> {
    return new LazyQuery(() => this.log.set({ asked: ++this.asked }))
  }

  @Interval(5) @LogLevel('debug') tick(): void {
    this.runs++
  }

  @Timeout('warm-up', 1) warmUp(): void {
    this.log.set({ warm: true })
  }

  @Interval('quietly', 5) @QuietRoute() quietly(): void {
    currentLog()?.set({ never: true })
  }
}

@Injectable()
class FrozenJobs {
  static runs = 0

  constructor() {
    Object.freeze(this)
  }

  @Cron('0 0 1 1 *', { name: 'frozen' }) run(): void {
    FrozenJobs.runs++
  }
}

describe('a scheduled job', () => {
  const lines = new Lines()
  let close: () => Promise<void>
  let registry: SchedulerRegistry
  beforeAll(async () => {
    const imports = [LoggerModule.forRoot({ level: 'debug', outputs: [lines] }), ScheduleModule.forRoot()]
    const app = await NestFactory.createApplicationContext(rootOf({ imports, providers: [Jobs, FrozenJobs] }), {
      bufferLogs: true,
    })
    app.useLogger(app.get(NestLogger))
    app.flushLogs()
    registry = app.get(SchedulerRegistry)
    close = () => app.close()
  })
  afterAll(() => close())

  it('of a cron expression is a unit with its name, what it sets and its lines', async () => {
    await registry.getCronJob('nightly-report').fireOnTick()
    const line = await lines.next(({ unit, outcome }) => unit === 'nightly-report' && outcome !== undefined)
    expect(unitBrief(line)).toBe('info completed · cron nightly-report · Jobs.report · -')
    expect(line).toMatchObject({ rows: 3 })
    expect(lines.all.find(({ msg }) => msg === 'reporting')).toMatchObject({ unitId: line['unitId'] })
  })

  it('that fails has its error on its line, and on no other', async () => {
    await registry.getCronJob('failing').fireOnTick()
    const line = await lines.next(({ unit }) => unit === 'failing')
    expect(unitBrief(line)).toBe('error failed · cron failing · Jobs.failing · Error: no database')
    expect(lines.all.filter(({ logger }) => logger === 'Scheduler')).toEqual([])
  })

  it('that gives a lazy query runs it once, and lasts as long', async () => {
    await registry.getCronJob('lazy').fireOnTick()
    const line = await lines.next(({ unit }) => unit === 'lazy')
    expect(line).toMatchObject({ outcome: 'completed', asked: 1 })
    expect(lines.all.filter((each) => each['late'] === true)).toEqual([])
  })

  it('of a frozen provider runs as ever, without a unit', async () => {
    await registry.getCronJob('frozen').fireOnTick()
    expect(FrozenJobs.runs).toBe(1)
  })

  it('of an interval is a unit each time, with the level it asks for, and none where it is quiet', async () => {
    const ticks = await lines.untilWide(5)
    expect(unitBrief(ticks.find(({ kind }) => kind === 'interval')!)).toBe(
      'debug completed · interval Jobs.tick · Jobs.tick · -',
    )
    expect(lines.wide.filter(({ unit }) => unit === 'quietly')).toEqual([])
  })

  it('of a timeout is a unit', async () => {
    const line = await lines.next(({ unit }) => unit === 'warm-up')
    expect(unitBrief(line)).toBe('info completed · timeout warm-up · Jobs.warmUp · -')
    expect(line).toMatchObject({ warm: true })
  })
})

class ThrowingJobs {
  @Cron('0 0 1 1 *', { name: 'at once' }) atOnce(): never {
    // oxlint-disable-next-line typescript/only-throw-error -- that is the point
    throw 'no database'
  }
  @Cron('0 0 1 1 *', { name: 'later' }) async later(): Promise<void> {
    await Promise.resolve()
    // oxlint-disable-next-line typescript/only-throw-error -- that is the point
    throw 'no database'
  }
  @Cron('0 0 1 1 *', { name: 'nothing' }) nothing(): Promise<void> {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- that is the point
    return Promise.reject(undefined)
  }
}

describe('a scheduled job that throws what is no error', () => {
  it.each([
    { name: 'at once', thrown: 'no database' },
    { name: 'later', thrown: 'no database' },
    { name: 'nothing', thrown: undefined },
  ])('has it on its line, and on no other ($name)', async ({ name, thrown }) => {
    const lines = new Lines()
    const imports = [LoggerModule.forRoot({ outputs: [lines] }), ScheduleModule.forRoot()]
    const app = await NestFactory.createApplicationContext(rootOf({ imports, providers: [ThrowingJobs] }), {
      bufferLogs: true,
    })
    app.useLogger(app.get(NestLogger))
    const job = app.get(SchedulerRegistry).getCronJob(name)
    await Promise.all([job.fireOnTick(), job.fireOnTick()])
    const failures = lines.all.filter(({ level }) => level === 'error')
    expect(failures.map(({ unit }) => unit)).toEqual([name, name])
    // What others say in the same words is theirs.
    new CommonLogger('Scheduler').error(thrown)
    expect(lines.all.filter(({ logger }) => logger === 'Scheduler')).toHaveLength(1)
    await app.close()
  })
})

class ObservableJobs {
  @Cron('0 0 1 1 *', { name: 'observable' }) observable(): Observable<never> {
    return defer(() => EMPTY)
  }

  @Cron('0 0 1 1 *', { name: 'promised' }) promised(): Promise<Observable<never>> {
    return Promise.resolve(EMPTY)
  }
}

describe('a scheduled job that gives an observable', () => {
  it.each(['observable', 'promised'])('has its line: no schedule subscribes (%s)', async (name) => {
    const lines = new Lines()
    const imports = [LoggerModule.forRoot({ outputs: [lines] }), ScheduleModule.forRoot()]
    const app = await NestFactory.createApplicationContext(rootOf({ imports, providers: [ObservableJobs] }), {
      logger: false,
    })
    await app.get(SchedulerRegistry).getCronJob(name).fireOnTick()
    expect(lines.wide.map(unitBrief)).toEqual([`info completed · cron ${name} · ObservableJobs.${name} · -`])
    await app.close()
  })
})

class MadeJobs {
  @Cron('0 0 1 1 *', { name: 'made' }) run(): void {
    currentLog()?.set({ rows: 3 })
  }
}

const shared = new MadeJobs()

describe('a scheduled job of a provider', () => {
  it.each([
    { name: 'that a factory makes', providers: [{ provide: MadeJobs, useFactory: () => new MadeJobs() }] },
    { name: 'that a promise gives', providers: [{ provide: 'jobs', useFactory: async () => new MadeJobs() }] },
    { name: 'that is a value', providers: [{ provide: 'jobs', useValue: shared }] },
    { name: 'that is a value of another application too', providers: [{ provide: MadeJobs, useValue: shared }] },
    {
      name: 'that has two tokens',
      providers: [MadeJobs, { provide: 'alias', useExisting: MadeJobs }],
      jobs: { cronJobs: false },
    },
  ])('$name is a unit', async ({ providers, jobs }) => {
    const lines = new Lines()
    const imports = [LoggerModule.forRoot({ outputs: [lines] }), ScheduleModule.forRoot(jobs)]
    const app = await NestFactory.createApplicationContext(rootOf({ imports, providers }), { logger: false })
    if (jobs === undefined) await app.get(SchedulerRegistry).getCronJob('made').fireOnTick()
    else app.get(MadeJobs).run()
    expect(lines.all).toHaveLength(1)
    expect(lines.wide.map(unitBrief)).toEqual(['info completed · cron made · MadeJobs.run · -'])
    expect(lines.wide).toMatchObject([{ rows: 3 }])
    await app.close()
  })
})

@Processor('mails')
class MailsProcessor extends WorkerHost {
  constructor(@InjectLogger() private readonly log: ContextLogger) {
    super()
  }

  @LogFields({ size: float.body('size') })
  async process(job: Job<{ size: number }>): Promise<string> {
    await Promise.resolve()
    this.log.set({ sent: true })
    if (job.name === 'broken') throw new Error('mailbox full')
    return 'sent'
  }
}

@Injectable()
class Mails {
  constructor(@InjectQueue('mails') readonly queue: Queue) {}
}

describe.runIf(isInstalled('redis-server'))('a job of a queue', () => {
  const lines = new Lines()
  let broker: TestBroker
  let close: () => Promise<void>
  let queue: Queue
  beforeAll(async () => {
    broker = await startBroker('redis-server')
    const imports = [
      LoggerModule.forRoot({ outputs: [lines] }),
      BullModule.forRoot({ connection: { host: '127.0.0.1', port: broker.port } }),
      BullModule.registerQueue({ name: 'mails' }),
    ]
    const app = await NestFactory.createApplicationContext(rootOf({ imports, providers: [MailsProcessor, Mails] }), {
      logger: false,
    })
    queue = app.get<Queue>(getQueueToken('mails'))
    close = () => app.close()
  })
  afterAll(async () => {
    await close()
    await broker.stop()
  })

  it('is a unit with the queue, the job and its declared fields', async () => {
    const job = await queue.add('welcome', { size: 12 })
    const line = await lines.next(({ job: name }) => name === 'welcome')
    expect(unitBrief(line)).toBe('info completed · queue mails · MailsProcessor.process · -')
    expect(line).toMatchObject({ jobId: job.id, attempt: 1, size: 12, sent: true })
  })

  it('has a unit for each attempt, each with its error', async () => {
    await queue.add('broken', { size: 1 }, { attempts: 2, backoff: 1 })
    const second = await lines.next(({ job, attempt }) => job === 'broken' && attempt === 2)
    expect(unitBrief(second)).toBe('error failed · queue mails · MailsProcessor.process · Error: mailbox full')
    expect(lines.wide.filter(({ job }) => job === 'broken')).toHaveLength(2)
  })
})
