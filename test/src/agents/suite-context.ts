import { randomUUID } from 'node:crypto'
import type { IAgent } from '@veramo/core-types'
import type { Account } from '@veramo-studio/account-manager'
import type { ApiKeyManagerCreateResult } from '@veramo-studio/api-key-manager'

/** One running product, however it is used; what the shared suites are run against. */
export interface SuiteContext {
  setup(): Promise<void>
  tearDown(): Promise<void>
  /** Stops the product and starts it again on the same data. */
  restart(): Promise<void>
  /** A Veramo agent for the holder of a token; each of its calls carries the key, where one is given. */
  agentFor(token: string, idempotencyKey?: string): Promise<IAgent>
  operator(): Promise<IAgent>
  /** Where clients reach the service, as it knows it. */
  baseUrl(): string
}

export interface Customer {
  account: Account
  token: string
  agent: IAgent
}

/** Makes a customer and its API key, as an operator does. */
export async function newCustomer(context: SuiteContext, name = 'Acme'): Promise<Customer> {
  const operator = await context.operator()
  const email = `${randomUUID()}@example.com`
  const account = await operator.execute<object, Account>('accountManagerCreate', { name, email })
  const { token } = await operator.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
    customerId: account.customerId,
    name: 'default',
  })
  return { account, token, agent: await context.agentFor(token) }
}

/** What a call was refused with: its message, which starts with the code, is all that reaches a remote caller. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    const result = await call
    return `not refused: ${JSON.stringify(result)}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
