import type { Account } from '@veramo-studio/account-manager'
import type { ApiKeyManagerCreateResult } from '@veramo-studio/api-key-manager'
import type { BillingUsage, BooksReport, MeterUsage } from '@veramo-studio/billing-manager'
import { DID_METER } from '../agents/usage.js'
import type { ServiceProcess } from '../agents/service-process.js'

export interface Answer {
  status: number
  /** Seconds, as the header field has them. */
  retryAfter: string | null
  body: Record<string, unknown>
}

/** A customer, as HTTP knows one. */
export interface RemoteCustomer {
  customerId: string
  token: string
}

export const DID_PRICE_NCHEQ = 1_000_000_000n

/** Calls a method as the holder of a token. Rejects where there is no answer. */
export async function callService(
  service: ServiceProcess,
  { token, idempotencyKey }: { token: string; idempotencyKey?: string },
  [method, args]: [string, object],
): Promise<Answer> {
  const response = await fetch(`${service.baseUrl}/agent/${method}`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', 'x-api-key': token },
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    body: JSON.stringify(args),
  })
  const body = (await response.json()) as Record<string, unknown>
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body }
}

/** What a method gives; throws where it gives something else than 200. */
async function resultOf<Result>(service: ServiceProcess, token: string, call: [string, object]): Promise<Result> {
  const { status, body } = await callService(service, { token }, call)
  if (status !== 200) throw new Error(`${call[0]} was answered with ${status} ${JSON.stringify(body)}`)
  return body as Result
}

/** Calls as the operator of a service. */
export function operate<Result>(service: ServiceProcess, ...call: [string, object]): Promise<Result> {
  return resultOf<Result>(service, service.operatorToken, call)
}

export async function newRemoteCustomer(service: ServiceProcess): Promise<RemoteCustomer> {
  const { customerId } = await operate<Account>(service, 'accountManagerCreate', { name: 'x' })
  const { token } = await operate<ApiKeyManagerCreateResult>(service, 'apiKeyManagerCreate', { customerId, name: 'x' })
  return { customerId, token }
}

let credits = 0

/** Gives credit that pays for a number of DIDs. */
export async function payFor(service: ServiceProcess, { customerId }: RemoteCustomer, dids: number): Promise<void> {
  await operate(service, 'accountManagerCredit', {
    ...{ customerId, network: 'mainnet', reason: 'a test', idempotencyKey: `credit-${(credits += 1)}` },
    amount: { denom: 'ncheq', amount: String(BigInt(dids) * DID_PRICE_NCHEQ) },
  })
}

/** Gives units that are used beside those of the plan. */
export async function grantDids(service: ServiceProcess, { customerId }: RemoteCustomer, units: number): Promise<void> {
  const grant = { customerId, meter: DID_METER, units, reason: 'a test', idempotencyKey: 'grant' }
  await operate(service, 'billingManagerGrantCredit', grant)
}

export async function remoteUsage(service: ServiceProcess, { token }: RemoteCustomer): Promise<MeterUsage> {
  const { meters } = await resultOf<BillingUsage>(service, token, ['billingManagerGetUsage', {}])
  const found = meters.find(({ meter }) => meter === DID_METER)
  if (found === undefined) throw new Error(`there is no meter ${DID_METER}`)
  return found
}

export async function remoteDids(service: ServiceProcess, { token }: RemoteCustomer): Promise<string[]> {
  return (await resultOf<{ did: string }[]>(service, token, ['didManagerFind', {}])).map(({ did }) => did).sort()
}

export function remoteBooks(service: ServiceProcess): Promise<BooksReport> {
  return operate<BooksReport>(service, 'billingManagerVerifyBooks', {})
}

/** The DID of an answer: its own, or the one that was made by the call whose answer is lost. */
export function didNamedBy({ status, body }: Answer): string | undefined {
  if (status === 200) return body['did'] as string
  const made = (body['made'] ?? []) as { kind: string; id: string }[]
  return body['code'] === 'answer_lost' ? made.find(({ kind }) => kind === 'did')?.id : undefined
}

/** Counts answers by status and code: what else than expected there is shows at once. */
export function countAnswers(answers: readonly (Answer | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const answer of answers) {
    const name =
      answer === undefined ? 'none' : `${answer.status} ${(answer.body['code'] as string | undefined) ?? ''}`.trim()
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

/** Counts the answers that are none of those that are expected. */
export function unexpectedAnswers(
  answers: readonly (Answer | undefined)[],
  expected: readonly string[],
): Record<string, number> {
  return Object.fromEntries(Object.entries(countAnswers(answers)).filter(([name]) => !expected.includes(name)))
}
