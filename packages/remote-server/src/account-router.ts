import type { Account } from '@veramo-studio/account-manager'
import { Router } from 'express'
import type { AuthenticationOptions } from './authenticate.js'
import { forwardErrors } from './forward-errors.js'
import { RequestWithTenantAgent } from './request-with-tenant-agent.js'

/** `GET /`: who the caller is, and where it tops up: `{ customer: { customerId, name }, paymentAccount }`. */
export function AccountRouter(options: AuthenticationOptions): Router {
  const router = Router()
  router.get(
    '/',
    RequestWithTenantAgent(options),
    forwardErrors(
      async (request, response) => {
        const account = (await request.agent?.execute('accountManagerGet', {})) as Account
        const { customerId, name, paymentAccount } = account
        response.json({ customer: { customerId, name }, paymentAccount })
      },
      { last: true },
    ),
  )
  return router
}
