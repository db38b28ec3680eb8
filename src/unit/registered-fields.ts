import type { BagOf } from '../entry/field.js'

declare global {
  // Users' declarations are merged with this one, as Express's are.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Wideline {
    /**
     * What the application's wide lines may hold. Left empty, `req.log.set` takes any fields.
     *
     * @example
     * declare global {
     *   namespace Wideline { interface Register { fields: typeof OrderFields } }
     * }
     */
    // oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type
    interface Register {}
  }
}

/** The fields that `set` takes for a wide line: any, or those of the set that the application has registered. */
export type WideFields = BagOf<Wideline.Register extends { fields: infer Declared } ? Declared : undefined>
