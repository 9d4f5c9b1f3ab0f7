/** A process of its own that uses keys of a database: verifies when it is asked to, or makes many calls at once. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { createAgent } from '@veramo/core'
import { ApiKeyManager, Entities, migrations, type IApiKeyManager } from '../index.js'
import { pepperOf } from './studio.js'

export interface KeyChildOptions {
  url: string
  token: string
  /** How many calls to make at once, again and again until there were so many. None: it waits to be asked. */
  calls?: number
  /** Verifies without end, and tells each answer. */
  constantly?: boolean
  /** Makes the system's clock wrong. */
  skewMs?: number
}

export const METHOD = 'resolveDid'
/** What a key was answered with, and when it was asked. */
export interface ConstantAnswer {
  code: string
  askedAtMs: number
}

const AT_ONCE = 100
const PAUSE_MS = 5

const { url, token, calls, constantly = false, skewMs = 0 } = JSON.parse(process.argv[2] ?? '{}') as KeyChildOptions
if (url !== undefined) {
  if (skewMs !== 0) skewSystemClock(skewMs)
  const database = await openDatabase({ url, entities: [Entities], migrations: [migrations] })
  const manager = new ApiKeyManager({ database, pepper: pepperOf(1) })
  const agent = createAgent<IApiKeyManager>({ plugins: [manager] })
  const verify = async (method?: string) =>
    (await agent.apiKeyManagerVerify({ token, ...(method !== undefined && { method }) })).code
  if (constantly) {
    while (process.connected) {
      const askedAtMs = Date.now()
      const code = await verify(METHOD).catch(codeOf)
      process.send?.({ code, askedAtMs } satisfies ConstantAnswer)
      await sleep(PAUSE_MS)
    }
    await database.close()
  } else if (calls === undefined) {
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

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
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
