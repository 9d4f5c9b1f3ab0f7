/** A process that ends holds one after another in its own way, and says of each what came of it. */
import { ManualClock } from '@veramo-studio/plugin-kit'
import { Ledger } from '../index.js'
import { CHAIN_KEY, openLedgerDatabase, START } from './open-ledger.js'

export interface EndingChildOptions {
  url: string
  tenantId: string
  ending: 'settle' | 'void' | 'expire'
  /** Holds are called h0, h1 …; each child begins with another one. */
  count: number
}

const WAVE = 20

async function main({ url, tenantId, ending, count }: EndingChildOptions): Promise<void> {
  const database = await openLedgerDatabase(url)
  const queue = new Ledger({ chainKey: CHAIN_KEY, clock: new ManualClock(START) }).queue(database)
  for (let start = 0; start < count; start += WAVE) {
    const wave = Array.from({ length: Math.min(WAVE, count - start) }, (_unused, index) => `h${start + index}`)
    const lines = await Promise.all(
      wave.map(async (transferId) => {
        const result = await queue[ending]({ tenantId, transferId })
        const state = 'transfer' in result ? result.transfer.state : '-'
        return `${transferId} ${result.outcome} ${state}\n`
      }),
    )
    process.stdout.write(lines.join(''))
  }
  await database.close()
}

const options = process.argv[2]
if (options !== undefined && process.argv[1]?.endsWith('ending-child.js')) {
  await main(JSON.parse(options) as EndingChildOptions)
}
