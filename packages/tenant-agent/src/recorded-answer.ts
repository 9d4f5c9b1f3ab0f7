import { isStudioError, StudioError, type ErrorExtensions } from '@veramo-studio/plugin-kit'
import type { RecordedAnswer } from '@veramo-studio/billing-manager'

/** What is kept of an error: all that a client was shown. */
interface RecordedError {
  code?: string
  detail: string
  status?: number
  title?: string
  extensions?: ErrorExtensions
}

export function recordResult(result: unknown): RecordedAnswer {
  return { ok: true, body: JSON.stringify(result ?? null) }
}

export function recordError(error: unknown): RecordedAnswer {
  const recorded: RecordedError = isStudioError(error)
    ? {
        code: error.code,
        detail: error.detail,
        status: error.status,
        title: error.title,
        extensions: error.extensions,
      }
    : { detail: error instanceof Error ? error.message : String(error) }
  return { ok: false, body: JSON.stringify(recorded) }
}

/** Gives the first answer again: returns its result, or throws its error. */
export function replay({ ok, body }: RecordedAnswer): unknown {
  const answer = JSON.parse(body) as unknown
  if (ok) return answer
  const { code, detail, status = 500, title = '', extensions } = answer as RecordedError
  if (code === undefined) throw new Error(detail)
  throw new StudioError(code, detail, { status, title, ...(extensions && { extensions }) })
}
