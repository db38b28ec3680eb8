/** Nest's key for a route's path. */
const PATH_METADATA = 'path'

/** Whether a method of a controller serves a route. */
export function isRoute(handler: object): boolean {
  return Reflect.getMetadata(PATH_METADATA, handler) !== undefined
}
