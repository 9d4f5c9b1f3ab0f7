import type { ErrorRequestHandler, RequestHandler } from 'express'
import { pathOf } from './caller.js'
import { remoteServerErrors } from './errors.js'
import { toProblemAnswer } from './problem.js'

/** Answers addresses that no router took. Mount it after all routers, before {@link ProblemHandler}. */
export function NotFoundHandler(): RequestHandler {
  return (_request, _response, next) => next(remoteServerErrors.route_not_found('no such address'))
}

/**
 * Answers errors with `application/problem+json` (RFC 9457). Mount it last. What is our fault is reported on standard
 * error with its stack, and answered without it.
 */
export function ProblemHandler(): ErrorRequestHandler {
  // Express tells a handler of errors by its four parameters.
  // eslint-disable-next-line max-params
  return (error, request, response, next) => {
    if (response.headersSent) return next(error)
    const path = pathOf(request)
    const { status, headers, body } = toProblemAnswer(error, path)
    if (status === 500) reportFault(request.method, path, error)
    response.status(status).set(headers).type('application/problem+json').send(JSON.stringify(body))
  }
}

function reportFault(httpMethod: string, path: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${httpMethod} ${path} failed: ${text}\n`)
}
