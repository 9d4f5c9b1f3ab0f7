/**
 * Recognises errors by their shape. `instanceof` misses those of another realm, such as a test runner's, and the class
 * of better-sqlite3's belongs to the realm that loaded it first.
 */
export function isErrorLike(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value && 'stack' in value
}
