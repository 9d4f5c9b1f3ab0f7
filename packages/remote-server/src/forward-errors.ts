import type { Request, RequestHandler, Response } from 'express'

/** Makes a handler of async work; Express 4 does not see a rejection by itself, and the request would hang. */
export function forwardErrors(
  work: (request: Request, response: Response) => Promise<void>,
  { last }: { last: boolean },
): RequestHandler {
  return (request, response, next) => {
    work(request, response).then(() => (last ? undefined : next()), next)
  }
}
