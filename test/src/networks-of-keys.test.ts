import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import type { ApiKeyManagerCreateResult } from '@veramo-studio/api-key-manager'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import { writeChainAgentFile } from './agents/agent-file.js'
import { letChain } from './agents/pretended-chain.js'
import type { ServiceProcess } from './agents/service-process.js'
import {
  callService,
  newRemoteCustomer,
  operate,
  payFor,
  remoteUsage,
  type RemoteCustomer,
} from './faults/service-client.js'
import { startedServices } from './faults/services.js'

jest.setTimeout(120_000)

describeOnEachDatabase('a key that is bound to a network, or to that of tests', (fresh) => {
  const services = startedServices(afterAll)
  const directory = temporaryDirectory()
  let service: ServiceProcess

  beforeAll(async () => {
    letChain(directory, 'go on')
    const [started] = await services.start(await fresh(), 1, { agentFile: writeChainAgentFile(directory) })
    service = started as ServiceProcess
  })

  const transactions = () => readdirSync(directory).filter((name) => name.endsWith('.sent')).length
  const makeKey = async ({ customerId }: RemoteCustomer, args: object) => {
    const key = { customerId, name: 'key', ...args }
    return (await operate<ApiKeyManagerCreateResult>(service, 'apiKeyManagerCreate', key)).token
  }

  it('sends no transaction to another network, and is charged for none', async () => {
    const customer = await newRemoteCustomer(service)
    await payFor(service, customer, 5)
    const write = async (args: object, network: string) =>
      callService(service, { token: await makeKey(customer, args) }, ['writeToChain', { network }])
    const before = transactions()
    const refused = [
      await write({ environment: 'test', network: 'testnet' }, 'mainnet'),
      await write({ environment: 'test' }, 'mainnet'),
      await write({ network: 'mainnet' }, 'testnet'),
    ]
    for (const { status, body } of refused) expect([status, body['code']]).toEqual([403, 'permission_denied'])
    expect([transactions() - before, await remoteUsage(service, customer)]).toMatchObject([0, { used: 0, held: 0 }])
    const sent = [
      await write({ environment: 'test', network: 'testnet' }, 'testnet'),
      await write({ network: 'mainnet' }, 'mainnet'),
    ]
    expect(sent.map(({ status }) => status)).toEqual([200, 200])
    expect([transactions() - before, (await remoteUsage(service, customer)).held]).toEqual([2, 0])
  })

  it('spends no balance of another network', async () => {
    const customer = await newRemoteCustomer(service)
    const create = async (args: object) =>
      callService(service, { token: await makeKey(customer, args) }, ['didManagerCreate', {}])
    // The one that this trial gives.
    expect(await create({})).toMatchObject({ status: 200 })
    await payFor(service, customer, 5)
    for (const args of [{ environment: 'test' }, { environment: 'test', network: 'testnet' }]) {
      expect(await create(args)).toMatchObject({ status: 402, body: { topUp: { network: 'testnet' } } })
    }
    expect(await create({ network: 'mainnet' })).toMatchObject({ status: 200 })
  })
})
