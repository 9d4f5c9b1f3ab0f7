/** Run as a program of its own: passes secrets through every method that carries those of calls. */
import { DIGEST, openStudio } from './studio.js'

const SECRET = 'vs_live_do_not_show'
const studio = await openStudio(process.argv[2] ?? '')
const { agent } = studio
const customerId = 'alice'
const method = 'didManagerCreate'
const call = { customerId, method, args: { secret: SECRET }, idempotency: { key: 'k', digest: DIGEST } }
const answer = { ok: true, body: SECRET }
const { reservationId = '' } = await agent.billingManagerReserve(call)
await agent.billingManagerSettle({ customerId, reservationId, answer })
const replayed = await agent.billingManagerReserve(call)
const other = await studio.start(customerId, method)
await agent.billingManagerVoid({ customerId, reservationId: other, answer })
await agent.billingManagerQuote(call)
await agent.billingManagerGetUsage({ customerId })
await studio.close()
console.log(JSON.stringify({ secret: SECRET, replayed: replayed.answer?.body }))
