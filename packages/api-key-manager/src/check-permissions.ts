import { kitErrors } from '@veramo-studio/plugin-kit'

const MAX_PERMISSIONS = 200
const MAX_PERMISSION_LENGTH = 100
/** The name of a method, the start of one and `*`, or `*`. */
export const PERMISSION = /^[A-Za-z][A-Za-z0-9]*\*?$|^\*$/

/** Throws `invalid_argument` with the first entry that is wrong. */
export function checkPermissions(permissions: readonly string[]): string[] {
  if (permissions.length === 0 || permissions.length > MAX_PERMISSIONS) {
    throw kitErrors.invalid_argument(`permissions must have 1 to ${MAX_PERMISSIONS} entries`)
  }
  const isPattern = (entry: string) => entry.length <= MAX_PERMISSION_LENGTH && PERMISSION.test(entry)
  const wrong = permissions.findIndex((entry) => !isPattern(entry))
  if (wrong >= 0) {
    throw kitErrors.invalid_argument(`permissions.${wrong} must be the name of a method, the start of one and *, or *`)
  }
  return [...new Set(permissions)]
}
