/** A process that reserves and settles as fast as it can for a while, and tells its parent how fast that was. */
import { once } from 'node:events'
import { closeStudio, openStudio, pair } from './studio.js'

/** Neither the first pairs of a process nor its last are measured. */
const WARM_UP_MS = 1000
const DURATION_MS = 2000

const { url, how, callers } = JSON.parse(process.argv[2])
const alone = how === 'commit each'
const studio = await openStudio(url, { alone })
if (alone) studio.database.parts.writer.options.maxBatch = 1

process.send('ready')
await once(process, 'message')
const startedMs = performance.now()
let counted = 0
const caller = async () => {
  while (performance.now() - startedMs < WARM_UP_MS + DURATION_MS) {
    await pair(studio)
    const elapsedMs = performance.now() - startedMs
    if (elapsedMs > WARM_UP_MS && elapsedMs < WARM_UP_MS + DURATION_MS) counted += 1
  }
}
await Promise.all(Array.from({ length: callers }, caller))
process.send({ perSecond: (counted * 1000) / DURATION_MS })
await closeStudio(studio)
process.disconnect()
