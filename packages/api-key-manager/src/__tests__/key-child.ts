/** A process of its own that uses keys of a database: verifies when it is asked to, or makes many calls at once. */
import { openDatabase } from '@veramo-studio/plugin-kit'
import { createAgent } from '@veramo/core'
import { ApiKeyManager, Entities, migrations, type IApiKeyManager } from '../index.js'
import { pepperOf } from './studio.js'

export interface KeyChildOptions {
  url: string
  token: string
  /** How many calls to make at once, again and again until there were so many. None: it waits to be asked. */
  calls?: number
  /** Makes the system's clock wrong. */
  skewMs?: number
}

export const METHOD = 'resolveDid'
const AT_ONCE = 100

const { url, token, calls, skewMs = 0 } = JSON.parse(process.argv[2] ?? '{}') as KeyChildOptions
if (url !== undefined) {
  if (skewMs !== 0) skewSystemClock(skewMs)
  const database = await openDatabase({ url, entities: [Entities], migrations: [migrations] })
  const manager = new ApiKeyManager({ database, pepper: pepperOf(1) })
  const agent = createAgent<IApiKeyManager>({ plugins: [manager] })
  const verify = async (method?: string) =>
    (await agent.apiKeyManagerVerify({ token, ...(method !== undefined && { method }) })).code
  if (calls === undefined) {
    process.on('message', () => {
      verify().then(
        (code) => process.send?.(code),
        (error: unknown) => process.send?.(String(error)),
      )
    })
    process.send?.('ready')
  } else {
    for (let made = 0; made < calls; made += AT_ONCE) {
      const call = async () => console.log(await verify(METHOD))
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, calls - made) }, call))
    }
    await database.close()
    process.disconnect()
  }
}

function skewSystemClock(differenceMs: number): void {
  const { now } = Date
  const Real = Date
  globalThis.Date = class extends Real {
    constructor(...args: [] | [number | string | Date]) {
      if (args.length === 0) super(now() + differenceMs)
      else super(args[0])
    }
    static override now() {
      return now() + differenceMs
    }
  } as DateConstructor
}
