/**
 * A client of a running service, with Veramo's own AgentRestClient.
 *
 *     STUDIO_URL=http://localhost:3332 STUDIO_TOKEN=vs_live_… node examples/remote/main.js
 */
import { createAgent } from '@veramo/core'
import { AgentRestClient } from '@veramo/remote-client'

const agent = createAgent({
  plugins: [
    new AgentRestClient({
      url: `${process.env.STUDIO_URL ?? 'http://localhost:3332'}/agent`,
      headers: { 'x-api-key': process.env.STUDIO_TOKEN },
      enabledMethods: ['didManagerCreate', 'didManagerGet', 'createVerifiableCredential', 'verifyCredential'],
    }),
  ],
})

const { did } = await agent.didManagerCreate({ provider: 'did:key' })
const credential = await agent.createVerifiableCredential({
  credential: { issuer: { id: did }, credentialSubject: { id: 'did:example:ada', name: 'Ada' } },
  proofFormat: 'jwt',
})
const { verified } = await agent.verifyCredential({ credential })

// All that an error brings along is its message, which starts with a stable code.
const refusal = await agent.didManagerGet({ did: 'did:key:zUnknown' }).catch((error) => error.message)

console.log(JSON.stringify({ did, verified, refusal }))
