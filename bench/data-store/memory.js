/** What tenants that were active leave in the memory of the whole product, in a process of its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { measure } from '../harness.js'

const FEW = Number(process.env.BENCH_FEW_TENANTS ?? 1000)
const MANY = Number(process.env.BENCH_ACTIVE_TENANTS ?? 10_000)
/** Less than what is remembered of a single thing of each tenant. */
const BAR_BYTES = 256

export async function benchMemory(directory) {
  const url = `sqlite:${join(directory, 'memory.sqlite')}`
  const child = fork(new URL('./tenants.js', import.meta.url), [url, String(FEW), String(MANY)])
  const exit = once(child, 'exit')
  const [[few], [many]] = await Promise.all([once(child, 'message'), take(child, 2)])
  await exit
  for (const kind of ['heapUsed', 'rss']) {
    await measure({
      ...{ name: `${kind} of an active tenant, ${FEW} to ${MANY} tenants`, unit: 'bytes', better: 'lower', rounds: 1 },
      ...{ bar: kind === 'heapUsed' ? 1 : null, baseline: () => BAR_BYTES },
      ours: () => Math.max(0, (many[kind] - few[kind]) / (MANY - FEW)),
    })
  }
}

/** The nth message, once it is there. */
async function take(child, count) {
  for (let taken = 1; taken < count; taken += 1) await once(child, 'message')
  return once(child, 'message')
}
