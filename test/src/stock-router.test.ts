import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createAgent } from '@veramo/core'
import type { IAgent, IIdentifier } from '@veramo/core-types'
import { AgentRestClient } from '@veramo/remote-client'
import { AgentRouter } from '@veramo/remote-server'
import { ProblemHandler, RequestWithTenantAgent } from '@veramo-studio/remote-server'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import express from 'express'
import { embeddedContext } from './agents/embedded.js'
import { newCustomer, refusalOf } from './agents/suite-context.js'

const METHODS = ['didManagerCreate', 'didManagerFind', 'didManagerGet', 'accountManagerCreate']

describeOnEachDatabase('Veramo’s own AgentRouter behind our authentication', (fresh) => {
  const context = embeddedContext(fresh)
  let server: Server

  beforeAll(async () => {
    await context.setup()
    const app = express()
    app.use('/agent', RequestWithTenantAgent(context.parts()), AgentRouter({ exposedMethods: METHODS }))
    app.use(ProblemHandler())
    await new Promise<void>((listening) => (server = app.listen(0, '127.0.0.1', listening)))
  })
  afterAll(async () => {
    await new Promise((closed) => server.close(closed))
    await context.tearDown()
  })

  function clientFor(token: string): IAgent {
    const { port } = server.address() as AddressInfo
    const url = `http://127.0.0.1:${port}/agent`
    return createAgent({
      plugins: [new AgentRestClient({ url, enabledMethods: METHODS, headers: { 'x-api-key': token } })],
    })
  }

  describe('serves the tenant agent', () => {
    it('to each caller in its own tenant, metered', async () => {
      const customers = [await newCustomer(context), await newCustomer(context)] as const
      const [first, second] = customers.map(({ token }) => clientFor(token))
      const made = await first?.execute<object, IIdentifier>('didManagerCreate', {})
      expect(await first?.execute('didManagerFind', {})).toEqual([made])
      expect(await second?.execute('didManagerFind', {})).toEqual([])
      expect(await customers[0].agent.execute('billingManagerGetUsage', {})).toMatchObject({
        meters: [{ used: 1 }, {}],
      })
    })

    it('with errors that start with their code', async () => {
      const { token } = await newCustomer(context)
      const client = clientFor(token)
      expect(await refusalOf(client.execute('didManagerGet', { did: 'did:key:zNone' }))).toBe(
        'not_found: Identifier not found',
      )
      expect(await refusalOf(client.execute('accountManagerCreate', { name: 'x' }))).toMatch(/^permission_denied: /)
      expect(await refusalOf(clientFor('nobody').execute('didManagerFind', {}))).toMatch(/^credentials_invalid: /)
    })
  })
})
