/**
 * `npm run mutation -- <package>`: changes the package's code in many small ways, one at a time, and runs its tests on each
 * mutant. A mutant that no test fails on is a guard that nothing holds. Two passes: Stryker over the built JavaScript, and
 * our own over its SQL. `--only stryker` or `--only sql` runs one of them, `--files <file>,<file>` mutates those alone.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import startPostgres from '../test/support/build/start-postgres.js'
import stopPostgres from '../test/support/build/stop-postgres.js'
import { makeSandbox } from './sandbox.js'
import { sqlMutantsOf } from './sql-mutants.js'
import { targets } from './targets.js'

const require = createRequire(import.meta.url)
const JEST = [
  '--experimental-vm-modules',
  '--no-warnings',
  join(dirname(require.resolve('jest/package.json')), 'bin/jest.js'),
]
/** Raise it on a machine with cores to spare. */
const CONCURRENCY = Number(process.env.MUTATION_CONCURRENCY ?? 1)
/** Many times what the tests of a package take. */
const MUTANT_TIMEOUT_MS = 180_000

const [name] = process.argv.slice(2)
const target = targets[name]
if (target === undefined) {
  console.error(
    `npm run mutation -- <${Object.keys(targets).join(' | ')}> [--only stryker | sql] [--files <file>,<file>]`,
  )
  process.exit(1)
}
const only = optionOf('--only')
const files = optionOf('--files')?.split(',')
const passes = { stryker: mutateCode, sql: mutateSql }
for (const [pass, run] of Object.entries(passes)) {
  if (only !== undefined && only !== pass) continue
  const sandbox = makeSandbox(target)
  try {
    if (!(await run(sandbox))) process.exitCode = 1
  } finally {
    sandbox.remove()
  }
}

function mutateCode({ directory }) {
  const build = `${target.package}/build/`
  const config = {
    testRunner: 'jest',
    testRunnerNodeArgs: JEST.slice(0, 1),
    jest: { configFile: 'jest.config.json', enableFindRelatedTests: false },
    mutate: (files ?? target.mutate).map((glob) => (glob.startsWith('!') ? `!${build}${glob.slice(1)}` : build + glob)),
    // Words of messages are nobody's guard; SQL has a pass of its own.
    mutator: { excludedMutations: ['StringLiteral'] },
    coverageAnalysis: 'perTest',
    // Node does not let go of the modules of a run.
    maxTestRunnerReuse: 40,
    inPlace: true,
    disableTypeChecks: false,
    concurrency: CONCURRENCY,
    timeoutMS: 20_000,
    reporters: ['clear-text', 'progress-append-only'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    thresholds: { high: 100, low: target.least, break: target.least },
  }
  writeFileSync(join(directory, 'stryker.config.json'), JSON.stringify(config))
  const core = dirname(require.resolve('@stryker-mutator/core/package.json'))
  const { status } = spawnSync(process.execPath, [join(core, 'bin/stryker.js'), 'run', 'stryker.config.json'], {
    cwd: directory,
    stdio: 'inherit',
    env: { ...process.env, TEST_DATABASES: 'sqlite' },
  })
  return status === 0
}

async function mutateSql({ directory, build }) {
  const folder = join(build, target.sql)
  await startPostgres()
  const tried = new Set()
  const survivors = []
  let count = 0
  try {
    for (const file of readdirSync(folder, { recursive: true })) {
      if (!file.endsWith('.js') || files?.includes(`${target.sql}/${file}`) === false) continue
      const path = join(folder, file)
      const original = readFileSync(path, 'utf8')
      const engine = target.postgres.includes(file) ? 'postgres' : 'sqlite'
      // Where a test fails without a mutant, it would seem to kill them all.
      if (!tried.has(engine) && fails(directory, engine)) throw new Error(`tests fail on ${engine} before any mutant`)
      tried.add(engine)
      for (const { text, ...mutant } of sqlMutantsOf(original)) {
        count += 1
        writeFileSync(path, text)
        if (fails(directory, engine)) continue
        survivors.push({ file, engine, ...mutant })
        console.log(JSON.stringify({ survived: survivors.at(-1) }))
      }
      writeFileSync(path, original)
    }
  } finally {
    await stopPostgres()
  }
  const killed = count - survivors.length
  const score = (100 * killed) / count
  console.log(JSON.stringify({ pass: 'sql', mutants: count, killed, score: Number(score.toFixed(1)) }))
  return score >= target.least
}

function fails(directory, engine) {
  const { status } = spawnSync(process.execPath, [...JEST, '--config', 'jest.config.json', '--bail', '--silent'], {
    cwd: directory,
    env: { ...process.env, TEST_DATABASES: engine },
    // A lock that nobody gives back is waited for without an end.
    timeout: MUTANT_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  })
  return status !== 0
}

function optionOf(option) {
  const index = process.argv.indexOf(option)
  return index < 0 ? undefined : process.argv[index + 1]
}
