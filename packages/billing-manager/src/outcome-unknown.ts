import { isStudioError } from '@veramo-studio/plugin-kit'

/** Whether a write may have been kept or not: the database went away while it was committed. */
export function isOutcomeUnknown(error: unknown): boolean {
  return isStudioError(error) && error.code === 'write_outcome_unknown'
}
