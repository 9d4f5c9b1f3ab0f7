import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Resolver } from 'did-resolver'
import { ethrDidResolver } from '../index.js'

const FRESH = '0xf3beac30c498d9e26865f34fcaa57dbb935b0d74'
const SOLD = '0x1111111111111111111111111111111111111111'
const OWNER = '0x2222222222222222222222222222222222222222'
const SOLD_AT_BLOCK = 7
/** Keccak-256 of `DIDOwnerChanged(address,address,uint256)` */
const OWNER_CHANGED = '0x38a5a6e68f30ed1ab45860a4afb34bcb2fc00f22ca462d249b8a8d40cda6f7a3'
/** Of `changed(address)`, the start */
const CHANGED = '0xf96d0f9f'

interface RpcCall {
  id: number
  method: string
  params: [{ to?: string; data?: string; topics?: (string | null)[] }]
}

const word = (hex: string) => hex.replace('0x', '').padStart(64, '0')
const number = (value: number) => `0x${value.toString(16)}`

const BLOCK = {
  ...{ number: number(SOLD_AT_BLOCK), hash: `0x${word('7')}`, parentHash: `0x${word('6')}`, timestamp: '0x65920080' },
  ...{ nonce: '0x0000000000000000', difficulty: '0x0', gasLimit: '0x0', gasUsed: '0x0', extraData: '0x' },
  ...{ miner: OWNER, transactions: [] },
}

/** What a node answers that has seen one identity change hands. */
function answerOf({ method, params: [first] }: RpcCall): unknown {
  if (method === 'eth_chainId') return number(1)
  if (method === 'net_version') return '1'
  if (method === 'eth_blockNumber') return number(SOLD_AT_BLOCK + 1)
  if (method === 'eth_call' && first.data?.startsWith(CHANGED)) {
    return `0x${word(first.data.endsWith(SOLD.slice(2)) ? number(SOLD_AT_BLOCK) : '0')}`
  }
  if (method === 'eth_getLogs') {
    const isMeant = first.topics?.includes(`0x${word(SOLD)}`) ?? false
    return isMeant ? [ownerChanged(String(first.to ?? '0xdca7ef03e98e0dc2b855be647c39abe984fcf21b'))] : []
  }
  if (method === 'eth_getBlockByNumber') return BLOCK
  throw new Error(`nobody said what ${method} answers`)
}

function ownerChanged(address: string): object {
  return {
    ...{ address, topics: [OWNER_CHANGED, `0x${word(SOLD)}`], data: `0x${word(OWNER)}${word('0')}` },
    ...{ blockNumber: number(SOLD_AT_BLOCK), blockHash: `0x${word('7')}`, transactionHash: `0x${word('8')}` },
    ...{ transactionIndex: '0x0', logIndex: '0x0', removed: false },
  }
}

describe('the resolver of did:ethr', () => {
  let node: Server
  let rpcUrl: string

  beforeAll(async () => {
    node = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        const asked = JSON.parse(Buffer.concat(chunks).toString()) as RpcCall | RpcCall[]
        const reply = (call: RpcCall) => ({ jsonrpc: '2.0', id: call.id, result: answerOf(call) })
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(Array.isArray(asked) ? asked.map(reply) : reply(asked)))
      })()
    })
    node.listen(0, '127.0.0.1')
    await once(node, 'listening')
    rpcUrl = `http://127.0.0.1:${(node.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    node.close()
    await once(node, 'close')
  })

  it('supports the method where a node is named, on the networks that have one', async () => {
    const without = new Resolver(ethrDidResolver({ mainnet: undefined }))
    expect((await without.resolve(`did:ethr:${FRESH}`)).didResolutionMetadata.error).toBe('unsupportedDidMethod')
    const other = new Resolver(ethrDidResolver({ sepolia: 'http://127.0.0.1:1' }))
    expect((await other.resolve(`did:ethr:${FRESH}`)).didResolutionMetadata.error).toBe('unknownNetwork')
  })

  it('waits for no node that says nothing, and tells of one that is gone', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const { didResolutionMetadata } = await new Resolver(ethrDidResolver({ mainnet: silentUrl }, 50)).resolve(
      `did:ethr:${FRESH}`,
    )
    expect(didResolutionMetadata).toEqual({ error: 'notFound', message: 'the node has not answered within 50 ms' })
    silent.closeAllConnections()
    silent.close()
    await once(silent, 'close')
    const gone = await new Resolver(ethrDidResolver({ mainnet: silentUrl })).resolve(`did:ethr:${FRESH}`)
    expect(gone.didResolutionMetadata).toEqual({ error: 'notFound', message: expect.stringContaining('ECONNREFUSED') })
  })

  const controllerOf = async (did: string) => {
    const { didDocument, didResolutionMetadata } = await new Resolver(ethrDidResolver({ mainnet: rpcUrl })).resolve(did)
    expect(didResolutionMetadata.error).toBeUndefined()
    expect(didDocument?.id).toBe(did)
    const [controller] = didDocument?.verificationMethod ?? []
    return controller?.blockchainAccountId?.toLowerCase()
  }

  it('asks that node: an identity that nobody changed is its own owner’s', async () => {
    expect(await controllerOf(`did:ethr:${FRESH}`)).toBe(`eip155:1:${FRESH}`)
  })

  it('follows what the chain says of an identity that was handed on', async () => {
    expect(await controllerOf(`did:ethr:${SOLD}`)).toBe(`eip155:1:${OWNER}`)
  })
})
