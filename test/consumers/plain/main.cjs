const { audit, verifierKey, verifyAudit } = require('wideline/audit')
const { LogField, LogFields, Logged } = require('wideline/decorators')
const { captureLogs, fixedClock } = require('wideline/testing')
const wideline = require('wideline')

void import('./check.mjs').then(({ check }) =>
  check({ wideline, audit, verifierKey, verifyAudit, captureLogs, fixedClock, LogField, LogFields, Logged }),
)
