import { createLogger, type Logger, type LoggerOptions } from 'wideline'

/** What is never written: by name, by path, by form; with several strategies, in children too, and counted. */
export function redaction(base: LoggerOptions): Logger {
  const log = createLogger({
    ...base,
    redact: {
      keys: { iban: 'last4', sessionId: 'hash', debugNotes: 'remove' },
      paths: ['user.email', 'items[*].giftMessage', '*.internal'],
      patterns: { card: 'last4', email: 'mask', pairs: 'mask' },
      hashKey: 'a key from your secrets store',
    },
  })

  const order = {
    user: { name: 'Ann', email: 'ann@example.org', password: 'hunter2' },
    items: [{ sku: 'a-1', giftMessage: 'happy birthday' }],
    iban: 'DE89370400440532013000',
    sessionId: 's-123',
    debugNotes: 'call me',
    audit: { internal: 'x', visible: 'y' },
  }
  log.info('order placed', order)

  // Messages, errors and texts that hold JSON or URLs.
  log.warn('card 4242 4242 4242 4242 refused for ann@example.org')
  log.info('upstream', { body: '{"user":"ann","token":"t-1"}', url: '/pay?access_token=t-2&page=1' })

  // A child has the same rules, and no way to lose them.
  log.child({ user: order.user }).info('from a child')

  log.info('the caller keeps what it has', { isUntouched: order.user.password === ['hunt', 'er2'].join('') })
  log.info('hidden so far', log.stats().redacted)
  return log
}
