import { createLogger, type Logger, type LoggerOptions } from 'wideline'

/** Hooks: enrich, drop and watch lines; a child has its parent's. */
export function hooks(base: LoggerOptions, problems: string[]): Logger {
  const written = new Map<string, number>()
  const log = createLogger({
    ...base,
    hooks: {
      before: [
        { name: 'region', priority: 10, hook: (line) => line.string('region', 'eu-1') },
        { name: 'no-probes', hook: (line) => line.get('path') === '/health' && line.drop() },
      ],
      after: (line) => written.set(line.level, (written.get(line.level) ?? 0) + 1),
      error: (problem) => problems.push(problem.message),
    },
  })

  log.info('request served', { path: '/orders' })
  log.info('request served', { path: '/health' }) // dropped

  // Children inherit hooks, and have their own besides.
  const jobs = log.child({ component: 'jobs' }, { name: 'shop.jobs' })
  const stop = jobs.hooks.before((line) => line.int('attempt', 1), { name: 'attempt' })
  jobs.info('job done')
  stop()
  jobs.info('job done again')

  // One that throws costs its own work, and no line.
  log.hooks.before(
    () => {
      throw new Error('lookup failed')
    },
    { name: 'broken' },
  )
  log.warn('still written')
  log.hooks.remove('broken')

  log.info('hooks', { list: log.hooks.list().map(({ on, name, priority }) => `${on} ${name} ${priority}`) })
  log.info('written so far', Object.fromEntries(written))
  return log
}
