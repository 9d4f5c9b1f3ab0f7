import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { describeOnEachDatabase, temporaryDirectory, spawnChild } from '@veramo-studio/test-support'
import { openDatabase } from '../index.js'
import { CreateNote, Note } from './note.js'
import { isMeantToFail, type WritingChildOptions } from './writing-child.js'

const SOAKING = process.env['SOAK'] === '1'
const ROUNDS = 5
const RUNS = Array.from({ length: SOAKING ? 40 : 1 }, (_unused, index) => index + 1)
const IDS_PER_ROUND = 1_000_000
const CALLERS = { callers: 64, tenants: 5 }
const LONGEST_RUN_MS = SOAKING ? 2000 : 250

const write = (options: Omit<WritingChildOptions, 'callers' | 'tenants'>) =>
  spawnChild(new URL('./writing-child.js', import.meta.url), { ...CALLERS, ...options })

const linesStarting = (lines: string[], word: string) => lines.filter((line) => line.startsWith(`${word} `))

async function readBack(url: string): Promise<{ notes: Note[]; integrity: unknown }> {
  const database = await openDatabase({ url, entities: [Note], migrations: [CreateNote] })
  try {
    const notes = await database.read((manager) => manager.query<Note[]>('SELECT "owner", id, text FROM note'))
    if (database.engine === 'postgres') return { notes, integrity: 'ok' }
    const [check] = await database.read((manager) =>
      manager.query<{ integrity_check: string }[]>('PRAGMA integrity_check'),
    )
    return { notes, integrity: check?.integrity_check }
  } finally {
    await database.close()
  }
}

async function expectTrue(url: string, acknowledged: string[]): Promise<void> {
  const { notes, integrity } = await readBack(url)
  expect(integrity).toBe('ok')
  const written = new Set(notes.map((note) => `kept ${note.owner} ${note.id}`))
  expect(acknowledged.filter((line) => !written.has(line))).toEqual([])
  expect(notes.filter((note) => isMeantToFail(note.id))).toEqual([])
  expect(notes.filter((note) => note.text !== note.owner)).toEqual([])
}

describeOnEachDatabase('a process that is killed while 64 callers write', (fresh) => {
  it.each(RUNS)(
    'loses nothing that it acknowledged, keeps nothing that failed, and mixes no tenants up (run %i)',
    async () => {
      const url = await fresh()
      const acknowledged: string[] = []
      for (let round = 0; round < ROUNDS; round += 1) {
        const child = write({ url, firstId: round * IDS_PER_ROUND })
        await child.spoken
        await sleep(Math.random() * LONGEST_RUN_MS)
        child.process.kill('SIGKILL')
        const { signal, lines } = await child.ended
        expect(signal).toBe('SIGKILL')
        expect(linesStarting(lines, 'fault')).toEqual([])
        acknowledged.push(...linesStarting(lines, 'kept'))
        await expectTrue(url, acknowledged)
      }
      expect(acknowledged.length).toBeGreaterThan(ROUNDS)
    },
    ROUNDS * 10_000,
  )
})

describe('two processes that write one SQLite file at once', () => {
  const directory = temporaryDirectory()

  it('wait for one another: no write fails, and each that was acknowledged is there', async () => {
    const url = `sqlite:${directory}/shared.sqlite`
    const writes = SOAKING ? 99_999 : 1200
    const children = [1, 2].map((number) => write({ url, firstId: number * IDS_PER_ROUND, writes }))
    const endings = await Promise.all(children.map((child) => child.ended))
    expect(endings.map((ending) => ending.exitCode)).toEqual([0, 0])
    const lines = endings.flatMap((ending) => ending.lines)
    expect(linesStarting(lines, 'fault')).toEqual([])
    expect(linesStarting(lines, 'kept')).toHaveLength((2 * writes * 2) / 3)
    await expectTrue(url, lines)
  }, 600_000)
})
