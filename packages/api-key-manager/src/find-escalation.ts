import { isPermitted, type Principal } from '@veramo-studio/plugin-kit'
import type { KeyRequest } from './check-key-request.js'

/** In what a key would go beyond the one that asks for it. */
export interface Escalation {
  reason: string
  /** The permission that the caller lacks, where it is that. */
  permission?: string
}

/** Customers, and operators whose own key is narrowed, make no key that may do more than theirs. */
export function isBounded({ role, permissions, network }: Principal): boolean {
  return role !== 'operator' || network !== undefined || !isPermitted(permissions, '*')
}

/** Decides whether a key would go beyond its maker in anything but its end. */
export function findEscalation(principal: Principal, request: KeyRequest): Escalation | undefined {
  if (!isBounded(principal)) return undefined
  const permission = request.permissions.find((asked) => !isPermitted(principal.permissions, asked))
  if (permission !== undefined)
    return { reason: `the calling key does not have the permission ${permission}`, permission }
  if (request.environment !== principal.environment) {
    return { reason: `the calling key is of the environment ${principal.environment}` }
  }
  if (principal.network !== undefined && request.network !== principal.network) {
    return { reason: `the calling key is bound to the network ${principal.network}` }
  }
  return undefined
}
