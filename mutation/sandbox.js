import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** Jest goes on in a file after a test has failed: here one failure says all. */
const ENVIRONMENT = `
const { TestEnvironment } = require('jest-environment-node')
module.exports = class extends TestEnvironment {
  async handleTestEvent(event) {
    if (event.name === 'test_done' && event.test.errors.length > 0) this.hasFailed = true
    if (event.name === 'test_start' && this.hasFailed) event.test.mode = 'skip'
  }
}
`

/**
 * A copy of a package as it was built, to be mutated there; all that it depends on is taken from where it is.
 *
 * @param {import('./targets.js').Target} target
 */
export function makeSandbox(target) {
  const directory = mkdtempSync(join(tmpdir(), 'veramo-studio-mutation-'))
  const folder = join(directory, target.package)
  mkdirSync(folder, { recursive: true })
  for (const name of ['package.json', 'README.md', 'build']) {
    cpSync(join(ROOT, target.package, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
  const nested = join(ROOT, target.package, 'node_modules')
  if (existsSync(nested)) symlinkSync(nested, join(folder, 'node_modules'))
  writeFileSync(join(directory, 'environment.cjs'), ENVIRONMENT)
  gatherTests(join(folder, 'build/__tests__'), target)
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'module', private: true }))
  writeFileSync(join(directory, 'jest.config.json'), JSON.stringify(jestConfig(directory, target)))
  return { directory, build: join(folder, 'build'), remove: () => rmSync(directory, { recursive: true, force: true }) }
}

/** One file that imports all the others: loading the modules once more for each file would take longer than the tests. */
function gatherTests(folder, { skip, last }) {
  const isNamed = (file, names) => names.some((name) => file === `${name}.test.js`)
  const files = readdirSync(folder).filter((file) => file.endsWith('.test.js') && !isNamed(file, skip))
  const ordered = files.toSorted((one, other) => Number(isNamed(one, last)) - Number(isNamed(other, last)))
  writeFileSync(join(folder, 'all.gathered.js'), ordered.map((file) => `import './${file}'\n`).join(''))
}

function jestConfig(directory, { package: folder }) {
  const support = (name) => join(ROOT, 'test/support/build', name)
  return {
    testEnvironment: join(directory, 'environment.cjs'),
    transform: {},
    testMatch: [`<rootDir>/${folder}/build/__tests__/all.gathered.js`],
    globalSetup: support('start-postgres.js'),
    globalTeardown: support('stop-postgres.js'),
    testTimeout: 20_000,
  }
}
