import { isStudioError, kitErrors, type StudioError } from '@veramo-studio/plugin-kit'
import { remoteServerErrors } from './errors.js'

/** What an error is answered with: RFC 9457 problem details, and the header fields that belong to its status. */
export interface ProblemAnswer {
  status: number
  headers: Record<string, string>
  body: ProblemDetails
}

export interface ProblemDetails {
  type: string
  title: string
  status: number
  code: string
  detail: string
  /** `"<code>: <detail>"`: the one member that Veramo's AgentRestClient shows. */
  error: string
  /** The path of the request. */
  instance: string
  [extension: string]: unknown
}

const RETRY_AFTER_SECONDS = '1'
const CHALLENGE = 'Bearer realm="veramo-studio"'

/** A code before a colon. */
const VERAMO_MESSAGE = /^[a-z]+(_[a-z]+)+: /

/** How Veramo's plugins begin the message of an error that the caller is to blame for. */
const VERAMO_CODES: [RegExp, (detail: string) => StudioError][] = [
  [/^(invalid_arguments?|illegal_arguments?|schema_error|not_supported): */, kitErrors.invalid_argument],
  [/^(not_found|no_did): */, kitErrors.not_found],
]

/** @param instance the path of the request, without its query */
export function toProblemAnswer(error: unknown, instance: string): ProblemAnswer {
  const { code, detail, status, title, retryable, extensions, message } = toStudioError(error)
  const headers: Record<string, string> = {}
  if (status === 401) headers['WWW-Authenticate'] = CHALLENGE
  if (status === 503 && retryable) headers['Retry-After'] = RETRY_AFTER_SECONDS
  if (status === 429) headers['Retry-After'] = retryAfter(extensions)
  const type = `urn:veramo-studio:error:${code}`
  return { status, headers, body: { ...extensions, type, title, status, code, detail, error: message, instance } }
}

/** In whole seconds, the last one begun. */
function retryAfter({ retryAfterMs }: StudioError['extensions']): string {
  return typeof retryAfterMs === 'number' ? String(Math.ceil(retryAfterMs / 1000)) : RETRY_AFTER_SECONDS
}

/** Gives every error a code: the catalogues' own, Express's, those that Veramo's plugins write into their messages. */
function toStudioError(error: unknown): StudioError {
  if (isStudioError(error)) return error
  if (!(error instanceof Error)) return unexpected(error)
  return fromBodyParser(error) ?? fromJsonLd(error) ?? fromUnreadable(error) ?? fromVeramo(error) ?? unexpected(error)
}

function fromBodyParser(error: Error): StudioError | undefined {
  const type = 'type' in error ? error.type : undefined
  switch (type) {
    case 'entity.too.large':
      return remoteServerErrors.body_too_large('the body is larger than this service accepts')
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return remoteServerErrors.content_type_unsupported('send JSON in UTF-8')
    case 'entity.parse.failed':
    case 'request.size.invalid':
    case 'request.aborted':
      return remoteServerErrors.body_malformed('the body is not valid JSON')
    default:
      // What Express makes of an address that cannot be decoded.
      return error instanceof URIError ? remoteServerErrors.route_not_found('no such address') : undefined
  }
}

/** A context that is not to be had, or a document that is no JSON-LD: all of it is what the caller sent, or named. */
function fromJsonLd(error: Error & { details?: unknown }): StudioError | undefined {
  if (!error.name.startsWith('jsonld.')) return undefined
  const { cause, url } = (error.details ?? {}) as { cause?: unknown; url?: unknown }
  if (isStudioError(cause)) return cause
  return remoteServerErrors.method_failed(typeof url === 'string' ? `${error.message} (${url})` : error.message)
}

/**
 * Plugins of Veramo parse what they are given, and let the parser's own error through: JSON's and multiformats' are
 * SyntaxErrors, ethers has a code. Its words may quote what was parsed, and are not passed on.
 */
function fromUnreadable(error: Error & { code?: unknown }): StudioError | undefined {
  const isUnreadable = error.name === 'SyntaxError' || error.code === 'INVALID_ARGUMENT'
  if (!isUnreadable || VERAMO_MESSAGE.test(error.message)) return undefined
  return kitErrors.invalid_argument('an argument is not in the form that the method reads', { cause: error })
}

/**
 * Plugins of Veramo refuse with a plain Error, or with a code of their own before the colon, whatever the class. What
 * else is thrown (a TypeError of the engine, a driver's error) is a fault.
 */
function fromVeramo(error: Error): StudioError | undefined {
  if (error.constructor !== Error && !VERAMO_MESSAGE.test(error.message)) return undefined
  for (const [pattern, make] of VERAMO_CODES) {
    if (pattern.test(error.message)) return make(error.message.replace(pattern, ''))
  }
  return remoteServerErrors.method_failed(error.message)
}

function unexpected(cause: unknown): StudioError {
  return remoteServerErrors.internal_error('something went wrong on our side', { cause })
}
