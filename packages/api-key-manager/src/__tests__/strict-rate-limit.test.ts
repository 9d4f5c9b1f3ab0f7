import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from '@jest/globals'
import { describeOnEachDatabase, spawnChild } from '@veramo-studio/test-support'
import type { KeyChildOptions } from './key-child.js'
import { openStudio } from './studio.js'

const PROCESSES = 4
const CALLS = 100
const LIMIT = 50
const KILL_ROUNDS = process.env['SOAK'] === '1' ? 20 : 1
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const child = (options: KeyChildOptions) => spawnChild(new URL('./key-child.js', import.meta.url), options)
const isValid = (line: string) => line === 'valid'

describeOnEachDatabase('a strict limit of 50', (fresh, engine) => {
  async function limited(scope: 'strict' | 'local' = 'strict') {
    const url = await fresh()
    const { create, database } = await openStudio(url)
    const rateLimits = [{ name: 'all', limit: LIMIT, windowMs: DAY_MS, scope, methods: ['*'] }]
    const { token } = await create({ customerId: 'alice', name: 'key', expiresAt: '2099-01-01T00:00:00Z', rateLimits })
    await database.close()
    return { url, token }
  }

  it('lets exactly 50 of 400 calls through that four processes make at once', async () => {
    const { url, token } = await limited()
    const children = Array.from({ length: PROCESSES }, () => child({ url, token, calls: CALLS }))
    const lines = (await Promise.all(children.map(({ ended }) => ended))).flatMap((ending) => ending.lines)
    expect(lines).toHaveLength(PROCESSES * CALLS)
    expect(lines.filter(isValid)).toHaveLength(LIMIT)
    expect(lines.filter((line) => !isValid(line) && line !== 'rate_limited')).toEqual([])
  })

  it('never lets more through where two of four processes are killed half-way', async () => {
    for (let round = 0; round < KILL_ROUNDS; round += 1) {
      const { url, token } = await limited()
      const children = Array.from({ length: PROCESSES }, () => child({ url, token, calls: CALLS }))
      const killed = children.slice(0, PROCESSES / 2)
      await Promise.race(killed.map(({ spoken }) => spoken))
      await sleep(Math.random() * 30)
      for (const { process } of killed) process.kill('SIGKILL')
      const during = (await Promise.all(children.map(({ ended }) => ended))).flatMap(({ lines }) => lines)
      const after = (await child({ url, token, calls: CALLS }).ended).lines
      const passed = [...during, ...after].filter(isValid)
      expect(passed.length).toBeLessThanOrEqual(LIMIT)
      expect(passed.length).toBeGreaterThan(0)
      // What a killed process has drawn and not answered is lost; nothing is left for those that come after.
      expect(after.filter(isValid)).toHaveLength(0)
    }
  })

  it('is a limit of each process where it is local', async () => {
    const { url, token } = await limited('local')
    const children = [1, 2].map(() => child({ url, token, calls: CALLS }))
    const lines = (await Promise.all(children.map(({ ended }) => ended))).flatMap((ending) => ending.lines)
    expect(lines.filter(isValid)).toHaveLength(2 * LIMIT)
  })

  if (engine === 'postgres') {
    it('is whole again when the database says so, however wrong the clock of a process is', async () => {
      const { url, token } = await limited()
      const minutes = 5 * 60_000
      const lines: string[] = []
      for (const skewMs of [minutes, -minutes, 0, minutes]) {
        lines.push(...(await child({ url, token, calls: CALLS, skewMs }).ended).lines)
      }
      expect(lines.filter(isValid)).toHaveLength(LIMIT)
    })

    it('keeps an end that is near to the time of the database', async () => {
      const url = await fresh()
      const { create, database, clock } = await openStudio(url)
      clock.set(new Date())
      const at = (differenceMs: number) => new Date(Date.now() + differenceMs).toISOString()
      const near = await create({ customerId: 'alice', name: 'near', expiresAt: at(60_000) })
      const { token: ended } = await create({ customerId: 'alice', name: 'ended', expiresAt: at(1000) })
      await database.close()
      await sleep(1100)
      for (const skewMs of [300_000, -300_000]) {
        const calls = [near.token, ended].map((token) => child({ url, token, calls: 1, skewMs }).ended)
        expect((await Promise.all(calls)).map(({ lines }) => lines)).toEqual([['valid'], ['expired']])
      }
    })
  }
})
