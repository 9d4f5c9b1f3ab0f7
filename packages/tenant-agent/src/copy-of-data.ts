import { isPlainObject } from '@veramo-studio/plugin-kit'

/**
 * A copy of lists and plain objects, at any depth; whatever else is among them stays what it is. Plugins of Veramo write
 * into their arguments, and whoever calls again with the same object means the same call.
 */
export function copyOfData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOfData)
  if (!isPlainObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyOfData(member)]))
}
