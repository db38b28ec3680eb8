import { Injectable, SetMetadata } from '@nestjs/common'
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
  readonly extensions?: { readonly code?: unknown }
}

interface Failed {
  readonly errors: readonly Failure[]
}

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
        for (const error of errors) {
          const persisted = PERSISTED_QUERIES.get(codeOf(error))
          if (persisted === undefined) noteFailure(log, error.originalError ?? error)
          else if (!log.isClosed) log.fields.string('persistedQuery', persisted)
        }
      },
    }
  }
}

function codeOf(error: Failure): unknown {
  try {
    return error.extensions?.code
  } catch {
    // An error that does not tell its code is an error.
    return undefined
  }
}
