/** What a catalogue says of one error code. */
export interface ErrorDefinition {
  /** HTTP status that the code is answered with. */
  status: number
  /** Short, constant summary; the `title` of RFC 9457 problem details. */
  title: string
  /** Whether the same call may succeed later without being changed. */
  retryable?: boolean
}

/** Members that a problem document carries beside the standard ones, such as the missing `permission`. JSON-safe. */
export type ErrorExtensions = Readonly<Record<string, unknown>>

export interface StudioErrorOptions {
  cause?: unknown
  extensions?: ErrorExtensions
}

/**
 * An error with a stable `code`. Its message is `"<code>: <detail>"`, since the message is all that survives Veramo's
 * `AgentRestClient`.
 */
export class StudioError extends Error {
  override readonly name = 'StudioError'
  readonly status: number
  readonly title: string
  readonly retryable: boolean
  readonly extensions: ErrorExtensions

  constructor(
    readonly code: string,
    readonly detail: string,
    { status, title, retryable = false, cause, extensions = {} }: ErrorDefinition & StudioErrorOptions,
  ) {
    super(`${code}: ${detail}`, cause === undefined ? undefined : { cause })
    this.status = status
    this.title = title
    this.retryable = retryable
    this.extensions = extensions
  }
}

/** Recognises a StudioError also when two copies of this package are installed. */
export function isStudioError(error: unknown): error is StudioError {
  return error instanceof Error && error.name === 'StudioError' && 'code' in error && 'status' in error
}

export type ErrorFactory<Code extends string> = Readonly<
  Record<Code, (detail: string, options?: StudioErrorOptions) => StudioError>
>

/**
 * Makes one constructor per code of a catalogue: `throw errors.not_found('Key not found')`. Each package has one
 * catalogue, in its `errors.ts`; `docs/errors.md` lists them all.
 */
export function errorFactory<Code extends string>(definitions: Record<Code, ErrorDefinition>): ErrorFactory<Code> {
  const entries = Object.entries<ErrorDefinition>(definitions).map(([code, definition]) => [
    code,
    (detail: string, options?: StudioErrorOptions) => new StudioError(code, detail, { ...definition, ...options }),
  ])
  return Object.freeze(Object.fromEntries(entries)) as ErrorFactory<Code>
}
