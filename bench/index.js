import { existsSync, readdirSync } from 'node:fs'

/** Files of this folder that are no bench. */
const MACHINERY = ['index.js', 'harness.js']

const [name] = process.argv.slice(2)

if (name === undefined) {
  console.log(names().join('\n'))
} else if (names().includes(name)) {
  await import(fileOf(name))
} else {
  console.error(`there is no bench "${name}"; there are:\n${names().join('\n')}`)
  process.exitCode = 1
}

/** A bench is a file, or a folder with an index.js and dependencies of its own. */
function names() {
  const entries = readdirSync(import.meta.dirname, { withFileTypes: true })
  const files = entries.filter(
    (entry) => entry.isFile() && entry.name.endsWith('.js') && !MACHINERY.includes(entry.name),
  )
  const folders = entries.filter((entry) => existsSync(new URL(`${entry.name}/index.js`, import.meta.url)))
  return [...files.map((file) => file.name.replace(/\.js$/, '')), ...folders.map((folder) => folder.name)].sort()
}

function fileOf(bench) {
  const asFile = new URL(`${bench}.js`, import.meta.url)
  return existsSync(asFile) ? asFile.href : new URL(`${bench}/index.js`, import.meta.url).href
}
