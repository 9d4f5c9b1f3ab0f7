export { decideAccess, type AccessDecision } from './decide-access.js'
export { type TenantAgentOptions } from './execute-for-principal.js'
export { tenantAgentErrorDefinitions, tenantAgentErrors } from './errors.js'
export { tenantAgent } from './tenant-agent.js'
