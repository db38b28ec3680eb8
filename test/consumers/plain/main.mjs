import { audit, verifierKey, verifyAudit } from 'wideline/audit'
import { LogField, LogFields, Logged } from 'wideline/decorators'
import { captureLogs, fixedClock } from 'wideline/testing'
import * as wideline from 'wideline'
import { check } from './check.mjs'

void check({ wideline, audit, verifierKey, verifyAudit, captureLogs, fixedClock, LogField, LogFields, Logged })
