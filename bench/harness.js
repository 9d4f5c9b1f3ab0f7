import { cpus } from 'node:os'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How often each side of a row is measured, unless the row or the command line says otherwise. */
const DEFAULT_ROUNDS = 5
/** How long one measurement of {@link perSecond} runs. */
const DURATION_MS = 1000

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} unit
 * @property {'higher' | 'lower'} better
 * @property {number | null} [bar] what `ours / baseline` must reach, or stay under where lower is better; null: no bar
 * @property {number} [rounds]
 * @property {() => number | Promise<number>} ours one measurement, in `unit`
 * @property {() => number | Promise<number>} baseline
 */

/**
 * Measures both sides in turn, each first in every other round, so that what slows the machine down slows both. Prints
 * the medians as one line of JSON.
 *
 * @param {Row} row
 */
export async function measure({ name, unit, better, bar = null, rounds = roundsWanted(), ours, baseline }) {
  const found = { ours: [], baseline: [] }
  const sides = [
    ['ours', ours],
    ['baseline', baseline],
  ]
  for (let round = 0; round < rounds; round += 1) {
    for (const [side, once] of round % 2 === 0 ? sides : sides.toReversed()) found[side].push(await once())
  }
  const [oursMedian, baselineMedian] = [median(found.ours), median(found.baseline)]
  const ratio = significant(oursMedian / baselineMedian)
  const result = {
    name,
    ours: significant(oursMedian),
    baseline: significant(baselineMedian),
    ratio,
    better,
    unit,
    bar,
    met: bar === null ? null : better === 'higher' ? ratio >= bar : ratio <= bar,
    rounds,
    machine: machine(),
  }
  console.log(JSON.stringify(result))
  return result
}

/**
 * How many times a second something happens: `work` is repeated for a second.
 *
 * @param {() => number | Promise<number>} work does it once or more often, and returns how often
 */
export async function perSecond(work) {
  const startedMs = performance.now()
  let count = 0
  let elapsedMs = 0
  while (elapsedMs < DURATION_MS) {
    count += await work()
    elapsedMs = performance.now() - startedMs
  }
  return (count * 1000) / elapsedMs
}

/**
 * Runs work in a directory that is gone afterwards: in `BENCH_DIR`, or where the system keeps temporary files. It must
 * be on a real disk for a durable commit to cost what it does.
 *
 * @template T
 * @param {(directory: string) => Promise<T>} work
 */
export async function inTemporaryDirectory(work) {
  const directory = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'veramo-studio-bench-'))
  try {
    return await work(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** `npm run bench -- <name> --rounds 3` */
function roundsWanted() {
  const given = process.argv.indexOf('--rounds')
  if (given < 0) return DEFAULT_ROUNDS
  const rounds = Number(process.argv[given + 1])
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be followed by a whole number from 1')
  return rounds
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
}

function significant(value) {
  return Number(value.toPrecision(3))
}

function machine() {
  const [first] = cpus()
  return `${first?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}`
}
