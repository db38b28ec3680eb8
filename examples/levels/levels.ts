import { createLogger, type Logger, type LoggerOptions } from 'wideline'

/** Names with levels that follow each other live, and outputs of a name's own. */
export function levels(base: LoggerOptions): Logger {
  // As from WIDELINE_LEVEL="info,app.db=debug".
  const log = createLogger({ ...base, name: 'shop', levels: 'info,app.db=debug' })
  const app = log.getLogger('app')
  const db = log.getLogger('app.db')
  const web = log.getLogger('app.web')

  db.debug('connected') // written: it has its own level
  web.debug('listening') // not written: it follows app, and that the root

  const changes: string[] = []
  log.levels.onChange(({ names, level, why }) => changes.push(`${names} ${level ?? 'follows'} (${why})`))

  log.setLevel('app', 'debug')
  web.debug('listening') // written now
  web.level = 'error'
  app.level = 'warn'
  web.info('not written: it has its own level')
  db.info('written: it had its own level before')

  // Everything below, whatever was set there, for a minute.
  log.setLevel('app.*', 'trace', { forMs: 60_000 })
  web.trace('request line')
  log.levels.reset('app.*')
  web.info('not written')

  log.info('levels', {
    levels: log.levels.list().map(({ name, level, isOwn }) => `${name} ${level}${isOwn ? '' : ' (follows)'}`),
  })
  log.info('changes', { changes })
  return log
}
