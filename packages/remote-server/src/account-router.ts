import type { Account } from '@veramo-studio/account-manager'
import { kitErrors } from '@veramo-studio/plugin-kit'
import { Router, type Request, type RequestHandler } from 'express'
import type { AuthenticationOptions } from './authenticate.js'
import { forwardErrors } from './forward-errors.js'
import { RequestWithTenantAgent } from './request-with-tenant-agent.js'

/**
 * What a caller may know of its account.
 *
 * - `GET /`: who it is, and where it tops up: `{ customer: { customerId, name }, paymentAccount }`
 * - `GET /balances`: as `accountManagerGetBalances`
 * - `GET /transactions?network=&limit=&cursor=`: as `accountManagerListTransactions`
 */
export function AccountRouter(options: AuthenticationOptions): Router {
  const router = Router()
  const authenticated = RequestWithTenantAgent(options)
  router.get(
    '/',
    authenticated,
    answerWith(async (request) => {
      const { customerId, name, paymentAccount } = (await execute(request, 'accountManagerGet', {})) as Account
      return { customer: { customerId, name }, paymentAccount }
    }),
  )
  router.get(
    '/balances',
    authenticated,
    answerWith((request) => execute(request, 'accountManagerGetBalances', {})),
  )
  router.get(
    '/transactions',
    authenticated,
    answerWith((request) => execute(request, 'accountManagerListTransactions', listArgs(request))),
  )
  return router
}

function answerWith(work: (request: Request) => Promise<unknown>): RequestHandler {
  return forwardErrors(async (request, response) => void response.json(await work(request)), { last: true })
}

async function execute(request: Request, method: string, args: object): Promise<unknown> {
  return request.agent?.execute<object, unknown>(method, args)
}

function listArgs({ query }: Request): object {
  const args: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(query)) {
    if (!['network', 'limit', 'cursor'].includes(name) || typeof value !== 'string') {
      throw kitErrors.invalid_argument(`the query takes network, limit and cursor, each once: not ${name}`)
    }
    args[name] = name === 'limit' ? Number(value) : value
  }
  return args
}
