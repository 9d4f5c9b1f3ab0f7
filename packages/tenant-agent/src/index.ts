export { decideAccess, type AccessDecision } from './decide-access.js'
export { tenantAgentErrorDefinitions, tenantAgentErrors } from './errors.js'
export { tenantAgent } from './tenant-agent.js'
