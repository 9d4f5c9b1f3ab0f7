/** A process that reserves and settles as fast as it can for a while, and tells its parent how fast that was. */
import { once } from 'node:events'
import { closeStudio, openStudio, pair } from './studio.js'

/** Neither the first pairs of a process nor its last are measured. */
const WARM_UP_MS = 1000
const DURATION_MS = 4000

const { url, how, callers } = JSON.parse(process.argv[2])
const alone = how === 'commit each'
const studio = await openStudio(url, { alone })
if (alone) studio.database.parts.writer.options.maxBatch = 1

process.send('ready')
await once(process, 'message')
const startedMs = performance.now()
let counted = 0
// Each answer is half of a pair: of the slower side, few pairs begin and end within the time.
const onAnswer = () => {
  const elapsedMs = performance.now() - startedMs
  if (elapsedMs > WARM_UP_MS && elapsedMs < WARM_UP_MS + DURATION_MS) counted += 0.5
}
const caller = async () => {
  while (performance.now() - startedMs < WARM_UP_MS + DURATION_MS) await pair(studio, onAnswer)
}
await Promise.all(Array.from({ length: callers }, caller))
process.send({ perSecond: (counted * 1000) / DURATION_MS })
await closeStudio(studio)
process.disconnect()
