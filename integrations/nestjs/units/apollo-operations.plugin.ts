import { Injectable, SetMetadata } from '@nestjs/common'
import type { UnitLog } from '../../../src/index.js'
import { markOfClient } from '../../http/index.js'
import { noteFailure } from '../requests/claimed-errors.js'
import { logOfContext, noteOperation, type Operation } from './graphql-operations.js'

/** By this `@nestjs/apollo` finds the plugins among an application's providers. */
const PLUGIN_METADATA = 'graphql:plugin'

interface Started {
  readonly contextValue?: unknown
}

interface Resolved {
  readonly operation?: Operation | null
}

interface Failure {
  readonly originalError?: unknown
  readonly extensions?: { readonly code?: unknown; readonly http?: { readonly status?: unknown } }
}

interface Failed {
  readonly errors: readonly Failure[]
}

/** Codes of Apollo's, and of Nest's for it, of what is the client's. */
const CLIENT_CODES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
])

/** How a client is asked for the text of a query that it has named by its hash: a step of the protocol, and no failure. */
const PERSISTED_QUERIES: ReadonlyMap<unknown, string> = new Map([
  ['PERSISTED_QUERY_NOT_FOUND', 'not found'],
  ['PERSISTED_QUERY_NOT_SUPPORTED', 'not supported'],
])

/** Hears from Apollo of operations that no resolver sees: those that do not parse, or ask for what there is not. */
@Injectable()
@SetMetadata(PLUGIN_METADATA, true)
export class ApolloOperations {
  async requestDidStart({ contextValue }: Started): Promise<object | undefined> {
    const log = logOfContext(contextValue)
    if (log === undefined) return undefined
    return {
      didResolveOperation: async ({ operation }: Resolved): Promise<void> => {
        if (operation !== undefined && operation !== null) noteOperation(log, operation)
      },
      didEncounterErrors: async ({ errors }: Failed): Promise<void> => {
        for (const error of errors) note(log, error)
      },
    }
  }
}

function note(log: UnitLog, error: Failure): void {
  const { code, status } = extensionsOf(error)
  const persisted = PERSISTED_QUERIES.get(code)
  if (persisted !== undefined) {
    if (!log.isClosed) log.fields.string('persistedQuery', persisted)
    return
  }
  const thrown = error.originalError ?? error
  const isOfClient = CLIENT_CODES.has(code) || (typeof status === 'number' && status >= 400 && status < 500)
  if (isOfClient && typeof thrown === 'object') markOfClient(thrown)
  noteFailure(log, thrown)
}

function extensionsOf(error: Failure): { code?: unknown; status?: unknown } {
  try {
    const { extensions } = error
    return { code: extensions?.code, status: extensions?.http?.status }
  } catch {
    // An error that does not tell its code is an error.
    return {}
  }
}
