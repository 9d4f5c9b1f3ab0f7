/** A process that looks for low balances, and is killed while it tells of the first: it has said which on its output. */
import { LOW_BALANCE_EVENT, type LowBalanceEvent, type LowBalanceThresholds } from '../index.js'
import { ManualClock } from '@veramo-studio/plugin-kit'
import { openAccountManager } from './open-account-manager.js'

export interface WatchingChildOptions {
  url: string
  thresholds: LowBalanceThresholds
  now: string
}

async function main({ url, thresholds, now }: WatchingChildOptions): Promise<void> {
  const dyingListener = {
    eventTypes: [LOW_BALANCE_EVENT],
    onEvent: async ({ data }: { data: unknown }) => {
      process.stdout.write(`${(data as LowBalanceEvent).eventId}\n`, () => process.kill(process.pid, 'SIGKILL'))
      await new Promise(() => undefined)
    },
  }
  const clock = new ManualClock(new Date(now))
  const options = { lowBalanceThresholds: thresholds, clock, plugins: [dyingListener] }
  const { agent } = await openAccountManager(url, options)
  setInterval(() => undefined, 1000)
  await agent.accountManagerCheckBalances({})
}

const options = process.argv[2]
if (options !== undefined && process.argv[1]?.endsWith('watching-child.js')) {
  await main(JSON.parse(options) as WatchingChildOptions)
}
