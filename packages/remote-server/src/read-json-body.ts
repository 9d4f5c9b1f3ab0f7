import type { IncomingMessage, ServerResponse } from 'node:http'
import { isStudioError } from '@veramo-studio/plugin-kit'
import express from 'express'
import { remoteServerErrors } from './errors.js'
import { readText } from './read-text.js'

/** Reads the JSON object that a request carries, `{}` where it carries nothing; refuses anything else. */
export type ReadJsonBody = (request: IncomingMessage) => Promise<Record<string, unknown>>

/** How clients say JSON in UTF-8. What says it otherwise, or says something else, is looked at more closely. */
const PLAIN_JSON = /^application\/json *(; *charset="?utf-8"?)? *$/i
/** What a text must contain to hold a member that is refused; `\\u` may spell any letter. */
const MAY_POLLUTE = /__proto__|constructor|\\u/

/** @param limitBytes the largest body that is read */
export function jsonBodyReader(limitBytes: number): ReadJsonBody {
  const readDecoded = decodingReader(limitBytes)
  return async (request) => {
    const { 'content-type': type = '', 'content-encoding': encoding } = request.headers
    const isPlain = PLAIN_JSON.test(type)
    if (!isPlain) refuseOtherTypes(request)
    const body = isPlain && encoding === undefined ? parse(await readText(request, limitBytes)) : readDecoded(request)
    return assertObject(await body)
  }
}

function refuseOtherTypes(request: IncomingMessage): void {
  const isOther = express.request.is.call(request as express.Request, ['json', '+json']) === false
  if (isOther && request.headers['content-length'] !== '0') {
    throw remoteServerErrors.content_type_unsupported('send application/json')
  }
}

/** Express's own reader, for bodies that are compressed or in another charset. */
function decodingReader(limit: number): (request: IncomingMessage) => Promise<unknown> {
  const read = express.json({ limit, strict: true, type: () => true, reviver: refusePollution })
  return (request) =>
    new Promise((resolve, reject) => {
      const finish = (error?: unknown) => {
        if (error === undefined) resolve((request as express.Request).body)
        // Its own errors have a type; what is left is that of a body which does not unpack.
        else reject(error instanceof Error && 'type' in error && error.type ? error : malformed(error))
      }
      read(request, {} as ServerResponse, finish)
    })
}

function parse(text: string): unknown {
  if (text === '') return {}
  try {
    return JSON.parse(text, MAY_POLLUTE.test(text) ? refusePollution : undefined) as unknown
  } catch (error) {
    throw isStudioError(error) ? error : malformed(error)
  }
}

function assertObject(value: unknown): Record<string, unknown> {
  if (Array.isArray(value)) throw remoteServerErrors.body_malformed('the body must be a JSON object')
  if (typeof value !== 'object' || value === null) throw malformed()
  return value as Record<string, unknown>
}

/** A member of this name would change the prototype of whatever object it is merged into. */
function refusePollution(key: string, value: unknown): unknown {
  const isConstructor = key === 'constructor' && typeof value === 'object' && value !== null && 'prototype' in value
  if (key === '__proto__' || isConstructor) throw remoteServerErrors.body_malformed(`the member ${key} is not accepted`)
  return value
}

function malformed(cause?: unknown): Error {
  return remoteServerErrors.body_malformed('the body is not valid JSON', { cause })
}
