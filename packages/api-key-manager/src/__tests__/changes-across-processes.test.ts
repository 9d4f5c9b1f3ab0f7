import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { describeOnEachDatabase, spawnChild, startPostgresProxy, type PostgresProxy } from '@veramo-studio/test-support'
import type { ApiKeyManagerUpdateArgs } from '../index.js'
import type { ConstantAnswer, KeyChildOptions } from './key-child.js'
import { openStudio, type Studio } from './studio.js'

jest.setTimeout(60_000)

const PROCESSES = 4
const HEARD_WITHIN_MS = 1000
const CUT_OFF_WITHIN_MS = 5000

/** A process that uses a key without end. */
interface User {
  answers: ConstantAnswer[]
  stop: () => Promise<void>
}

describeOnEachDatabase('a key that other processes use constantly', (fresh, engine) => {
  let url: string
  let studio: Studio
  const users: User[] = []
  const proxies: PostgresProxy[] = []

  beforeEach(async () => {
    url = await fresh()
    studio = await openStudio(url)
  })

  afterEach(async () => {
    await Promise.all(users.splice(0).map(({ stop }) => stop()))
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()))
    await studio.database.close()
  })

  function use(options: KeyChildOptions): User {
    const { process, ended } = spawnChild(new URL('./key-child.js', import.meta.url), { ...options, constantly: true })
    const answers: ConstantAnswer[] = []
    process.on('message', (answer) => void answers.push(answer as ConstantAnswer))
    const stop = async () => {
      process.kill('SIGKILL')
      await ended
    }
    const user = { answers, stop }
    users.push(user)
    return user
  }

  const make = () => studio.create({ customerId: 'alice', name: 'key', expiresAt: '2099-01-01T00:00:00Z' })
  const latest = ({ answers }: User) => answers.at(-1)?.code
  async function until(condition: () => boolean, limitMs = 20_000): Promise<void> {
    const deadline = Date.now() + limitMs
    while (!condition() && Date.now() < deadline) await sleep(20)
    expect(condition()).toBe(true)
  }

  it('is refused, and good again, by all of them within a second of each change', async () => {
    const { token, apiKey } = await make()
    const { keyId } = apiKey
    const all = Array.from({ length: PROCESSES }, () => use({ url, token }))
    await until(() => all.every((user) => latest(user) === 'valid'))
    const change = async (how: () => Promise<unknown>, code: string) => {
      await how()
      const changedAtMs = Date.now()
      await until(() => all.every((user) => latest(user) === code))
      await sleep(HEARD_WITHIN_MS)
      const late = all.flatMap(({ answers }) =>
        answers.filter((each) => each.askedAtMs > changedAtMs + HEARD_WITHIN_MS && each.code !== code),
      )
      expect([code, late]).toEqual([code, []])
    }
    const update = (args: Omit<ApiKeyManagerUpdateArgs, 'keyId'>) => () =>
      studio.agent.apiKeyManagerUpdate({ keyId, ...args })
    await change(update({ enabled: false }), 'disabled')
    await change(update({ enabled: true }), 'valid')
    await change(update({ permissions: ['didManager*'] }), 'permission_denied')
    await change(update({ permissions: ['*'] }), 'valid')
    // This process has a clock of its own, for which that is in the future.
    studio.clock.set(new Date('2001-01-01T00:00:00Z'))
    await change(update({ expiresAt: '2002-01-01T00:00:00Z' }), 'expired')
    await change(update({ expiresAt: '2099-01-01T00:00:00Z' }), 'valid')
    await change(() => studio.agent.apiKeyManagerRevoke({ keyId }), 'revoked')
  })

  if (engine === 'postgres') {
    it.each(['is silent', 'is gone'] as const)(
      'is refused within five seconds where the database %s for a process, and stays refused when it is back',
      async (how) => {
        const { token, apiKey } = await make()
        const proxy = await startPostgresProxy(url)
        proxies.push(proxy)
        const [cut, connected] = [use({ url: proxy.url, token }), use({ url, token })]
        await until(() => [cut, connected].every((user) => latest(user) === 'valid'))
        proxy.cutOff()
        if (how === 'is gone') proxy.breakConnections()
        await studio.agent.apiKeyManagerRevoke({ keyId: apiKey.keyId })
        const revokedAtMs = Date.now()
        await until(() => latest(connected) === 'revoked', HEARD_WITHIN_MS)
        await until(() => latest(cut) === 'store_unavailable')
        const late = () => cut.answers.filter(({ askedAtMs }) => askedAtMs > revokedAtMs + CUT_OFF_WITHIN_MS)
        await until(() => late().length >= 2)
        expect(new Set(late().map(({ code }) => code))).toEqual(new Set(['store_unavailable']))
        proxy.mend()
        await until(() => latest(cut) === 'revoked')
        expect(late().filter(({ code }) => code === 'valid')).toEqual([])
      },
    )
  }
})
