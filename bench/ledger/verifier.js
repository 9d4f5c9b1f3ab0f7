/** A process that verifies, and tells its parent how much memory it ever had. */
import { openBooks, openLedger } from './books.js'

const { file, tenantId } = JSON.parse(process.argv[2])
const database = await openBooks(`sqlite:${file}`, { migrate: false })
const { valid } = await openLedger().verify(database, { tenantId })
if (!valid) throw new Error('the books are not right')
await database.close()
process.send({ peakBytes: process.resourceUsage().maxRSS * 1024 })
process.disconnect()
