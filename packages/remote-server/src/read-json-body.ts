import { json, type RequestHandler } from 'express'
import { remoteServerErrors } from './errors.js'

/** Reads a JSON object into `request.body`, `{}` where there is none; refuses anything else before it costs anything. */
export function readJsonBody(limitBytes: number): RequestHandler[] {
  return [refuseOtherTypes, json({ limit: limitBytes, strict: true, reviver: refusePollution }), refuseArrays]
}

const refuseOtherTypes: RequestHandler = (request, _response, next) => {
  const isOther = request.is(['json', '+json']) === false && request.headers['content-length'] !== '0'
  next(isOther ? remoteServerErrors.content_type_unsupported('send application/json') : undefined)
}

const refuseArrays: RequestHandler = (request, _response, next) => {
  next(Array.isArray(request.body) ? remoteServerErrors.body_malformed('the body must be a JSON object') : undefined)
}

/** A member of this name would change the prototype of whatever object it is merged into. */
function refusePollution(key: string, value: unknown): unknown {
  const isConstructor = key === 'constructor' && typeof value === 'object' && value !== null && 'prototype' in value
  if (key === '__proto__' || isConstructor) throw remoteServerErrors.body_malformed(`the member ${key} is not accepted`)
  return value
}
