import { isStudioError, StudioError, type ErrorExtensions } from '@veramo-studio/plugin-kit'
import type { RecordedAnswer } from '@veramo-studio/billing-manager'

/** What is kept of an error: all that a client was shown, or is told by. */
interface RecordedError {
  code?: string
  detail: string
  status?: number
  title?: string
  extensions?: ErrorExtensions
  /** Of an error that is none of the catalogues', and no plain one: what it is answered with follows from its kind. */
  fault?: RecordedFault
}

interface RecordedFault {
  name: string
  code?: string
  /** Of a JSON-LD error: which address it is about, and why that was not fetched. */
  url?: string
  cause?: RecordedError
}

/** An error of another class, given again. A plain one is a refusal of a plugin; this is not. */
class FaultAgain extends Error {}

export function recordResult(result: unknown): RecordedAnswer {
  return { ok: true, body: JSON.stringify(result ?? null) }
}

export function recordError(error: unknown): RecordedAnswer {
  return { ok: false, body: JSON.stringify(describe(error)) }
}

/** Gives the first answer again: returns its result, or throws its error. */
export function replay({ ok, body }: RecordedAnswer): unknown {
  const answer = JSON.parse(body) as unknown
  if (ok) return answer
  throw restore(answer as RecordedError)
}

function describe(error: unknown): RecordedError {
  if (isStudioError(error)) {
    const { code, detail, status, title, extensions } = error
    return { code, detail, status, title, extensions }
  }
  if (!(error instanceof Error)) return { detail: String(error), fault: { name: typeof error } }
  return { detail: error.message, ...(error.constructor !== Error && { fault: faultOf(error) }) }
}

function faultOf(error: Error & { code?: unknown; details?: unknown }): RecordedFault {
  const { url, cause } = (error.details ?? {}) as { url?: unknown; cause?: unknown }
  return {
    name: error.name,
    ...(typeof error.code === 'string' && { code: error.code }),
    ...(typeof url === 'string' && { url }),
    ...(isStudioError(cause) && { cause: describe(cause) }),
  }
}

function restore({ code, detail, status = 500, title = '', extensions, fault }: RecordedError): Error {
  if (code !== undefined) return new StudioError(code, detail, { status, title, ...(extensions && { extensions }) })
  if (fault === undefined) return new Error(detail)
  const { url, cause, ...rest } = fault
  const details = { ...(url !== undefined && { url }), ...(cause && { cause: restore(cause) }) }
  return Object.assign(new FaultAgain(detail), rest, { details })
}
