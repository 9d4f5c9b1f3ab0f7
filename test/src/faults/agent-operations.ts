import type { IAgent } from '@veramo/core-types'
import type { Principal } from '@veramo-studio/plugin-kit'
import { tenantAgent } from '@veramo-studio/tenant-agent'

/** Who an operation is done for, and what makes it the same when it is done again. */
export interface Subject {
  customerId: string
  idempotencyKey: string
  /** A DID of the customer. */
  issuer: string
}

export type AgentOperation = (agent: IAgent, subject: Subject) => Promise<unknown>

export const CREDIT_AMOUNT = '5000000000'

/** What is killed at each of its steps: operators' methods as raw calls, customers' through a tenant agent. */
export const AGENT_OPERATIONS: Record<string, AgentOperation> = {
  accountManagerCredit: (agent, { customerId, idempotencyKey }) =>
    agent.execute('accountManagerCredit', {
      ...{ customerId, network: 'mainnet', reason: 'a test', idempotencyKey },
      amount: { denom: 'ncheq', amount: CREDIT_AMOUNT },
    }),
  apiKeyManagerCreate: (agent, subject) =>
    customerAgent(agent, subject).execute('apiKeyManagerCreate', { name: 'made' }),
  didManagerCreate: (agent, subject) => customerAgent(agent, subject).execute('didManagerCreate', {}),
  createVerifiableCredential: (agent, subject) =>
    customerAgent(agent, subject).execute('createVerifiableCredential', {
      credential: { issuer: { id: subject.issuer }, credentialSubject: { id: 'did:example:holder', name: 'Ada' } },
      proofFormat: 'jwt',
    }),
}

export function customerAgent(agent: IAgent, { customerId, idempotencyKey }: Omit<Subject, 'issuer'>): IAgent {
  const principal: Principal = { tenantId: customerId, role: 'customer', permissions: ['*'], environment: 'live' }
  return tenantAgent(agent, principal, { idempotencyKey })
}
