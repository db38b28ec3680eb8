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

interface Failed {
  readonly errors: readonly { readonly originalError?: unknown }[]
}

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
        for (const error of errors) noteFailure(log, error.originalError ?? error)
      },
    }
  }
}
