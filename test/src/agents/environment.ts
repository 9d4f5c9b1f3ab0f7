import { mkdtempSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The repository. Tests are started at its root. */
export const ROOT = resolve('.')
export const AGENT_FILE = join(ROOT, 'agent.yml')
export const CLI = join(ROOT, 'packages/cli/bin/veramo-studio.js')

/** The environment of a product with a data directory of its own. */
export async function freshEnvironment(databaseUrl: string): Promise<Record<string, string>> {
  const port = await freePort()
  return {
    DATA_DIR: join(mkdtempSync(join(tmpdir(), 'veramo-studio-data-')), 'data'),
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    BASE_URL: `http://localhost:${port}`,
    IMPORTED_KEY_PREFIXES: 'acme_live_, acme_test_',
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
