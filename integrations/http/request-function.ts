import type { IncomingMessage } from 'node:http'

/**
 * A function of a request. It may say in its parameters what the framework has made of Node's own request and response:
 * `(req: Request, res: Response) => …` with Express's types.
 */
// TypeScript compares the parameters of a method both ways, those of a function one way only.
export type RequestFunction<T, More extends unknown[] = []> = {
  asked(request: IncomingMessage, ...more: More): T
}['asked']
