import { isPermitted, kitErrors, type Principal } from '@veramo-studio/plugin-kit'
import type { PermissionBundles } from './permission-bundles.js'
import type { ApiKeyEnvironment } from './types/IApiKeyManager.js'

/** What of a key may go beyond the one that asks for it. */
export interface KeyReach {
  environment: ApiKeyEnvironment
  network: string | null
  permissions: string[]
}

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

/** Decides whether a key would go beyond who asks for it in anything but its end. */
export function findEscalation(
  bundles: PermissionBundles,
  principal: Principal,
  reach: KeyReach,
): Escalation | undefined {
  if (!isBounded(principal)) return undefined
  const permission = bundles.findMissing(reach.permissions, principal.permissions)
  if (permission !== undefined)
    return { reason: `the calling key does not have the permission ${permission}`, permission }
  if (reach.environment !== principal.environment) {
    return { reason: `the calling key is of the environment ${principal.environment}` }
  }
  if (principal.network !== undefined && reach.network !== principal.network) {
    return { reason: `the calling key is bound to the network ${principal.network}` }
  }
  return undefined
}

/** Throws `permission_denied`, with the `permission` that is missing where it is one. */
export function refuseEscalation(bundles: PermissionBundles, principal: Principal | undefined, reach: KeyReach): void {
  const escalation = principal && findEscalation(bundles, principal, reach)
  if (escalation === undefined) return
  const { reason, permission } = escalation
  throw kitErrors.permission_denied(reason, permission === undefined ? {} : { extensions: { permission } })
}
