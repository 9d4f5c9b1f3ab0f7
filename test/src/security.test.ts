import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { ROOT } from './agents/environment.js'

it('names tests in docs/security.md that are there', () => {
  const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
  const named = new Set([...text.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name]) => String(name)))
  expect(named.size).toBeGreaterThan(20)
  const folders = readdirSync(join(ROOT, 'packages')).map((name) => join(ROOT, 'packages', name, 'src/__tests__'))
  const missing = [...named].filter((name) =>
    name.startsWith('test/')
      ? !existsSync(join(ROOT, 'test/src', name.slice('test/'.length)))
      : !folders.some((folder) => existsSync(join(folder, name))),
  )
  expect(missing).toEqual([])
})
