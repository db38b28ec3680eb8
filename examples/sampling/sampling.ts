import { burst, byKey, createLogger, everyNth, type Logger, type LoggerOptions } from 'wideline'

/** Sampling by level with rules that win, a rate limit, coalescing, and what the statistics say of them. */
export async function sampling(base: LoggerOptions): Promise<Logger> {
  const log = createLogger({
    ...base,
    level: 'debug',
    sampling: {
      debug: everyNth(5),
      info: burst({ first: 2, thereafter: 3, periodMs: 1000 }),
      always: { from: 'error', when: "tenant = 'vip'" },
    },
  })
  for (let n = 1; n <= 10; n++) log.debug('cache miss', { n }) // 1 and 6
  for (let n = 1; n <= 8; n++) log.info('order paid', { n }) // 1, 2, 5 and 8
  log.info('order paid', { n: 9, tenant: 'vip' }) // always
  log.error('payment failed', { n: 10 }) // always

  // By key: one noisy user is sampled, the others are not.
  const users = createLogger({ ...base, name: 'users', sampling: byKey({ by: 'userId', first: 1, thereafter: 100 }) })
  for (let n = 1; n <= 5; n++) users.info('clicked', { userId: 'noisy', n })
  users.info('clicked', { userId: 'quiet', n: 1 })

  // At most three lines an hour; the rest is counted, and told of.
  const limited = createLogger({ ...base, name: 'limited', rateLimit: { perHour: 3 } })
  for (let n = 1; n <= 10; n++) limited.warn('disk slow', { n })

  // Equal lines become one.
  const calm = createLogger({ ...base, name: 'calm', coalesce: { windowMs: 1000 } })
  for (let n = 1; n <= 100; n++) calm.error('gateway refused', { gateway: 'eu' })

  for (const each of [users, limited, calm]) await each.close()
  log.error('statistics', { gates: [...log.stats().gates, ...limited.stats().gates, ...calm.stats().gates] })
  return log
}
