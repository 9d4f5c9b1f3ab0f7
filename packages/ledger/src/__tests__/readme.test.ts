import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, it } from '@jest/globals'
import { temporaryDirectory } from '@veramo-studio/test-support'
import { ledgerErrorDefinitions } from '../index.js'

const directory = temporaryDirectory()
const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
// In the package, so that it finds what the package depends on.
const script = fileURLToPath(new URL('./readme-example.mjs', import.meta.url))

afterAll(() => rm(script, { force: true }))

it('the example of the README runs, and prints what it says', async () => {
  const [, code = ''] = /```js\n([^]*?)```/.exec(readme) ?? []
  await writeFile(script, code)
  const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: directory })
  const printed = [...code.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, comment]) => comment)
  expect(printed.length).toBeGreaterThan(0)
  expect(stdout.trim().split('\n')).toEqual(printed)
})

it('the README names every error', () => {
  for (const [code, { status }] of Object.entries(ledgerErrorDefinitions)) {
    expect(readme).toMatch(new RegExp(`\`${code}\` +\\| ${status} `))
  }
})
