import { randomBytes } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { temporaryDirectory } from '@veramo-studio/test-support'
import { KEK_FILE, loadSettings, parseSecret, PEPPER_FILE } from '../index.js'

/** The message of `setting_invalid`; it must be one line that names the variable. */
function complaint(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    expect(error).toMatchObject({ code: 'setting_invalid', status: 500 })
    const { message } = error as Error
    expect(message).not.toContain('\n')
    return message
  }
  throw new Error('nothing was refused')
}

const refused = (name: string, value: string) =>
  expect(complaint(() => loadSettings({ [name]: value }))).toContain(`setting_invalid: ${name}`)

describe('the settings', () => {
  it('have a default each', () => {
    const settings = loadSettings({})
    expect({ ...Object.getOwnPropertyDescriptors(settings) }).toMatchObject({
      port: { value: 3332 },
      baseUrl: { value: 'http://localhost:3332' },
      dataDir: { value: './data' },
      databaseUrl: { value: 'sqlite:data/studio.sqlite' },
      trustProxy: { value: [] },
      corsAllowedOrigins: { value: [] },
      importedPrefixes: { value: [] },
      ethrRpcUrls: { value: {} },
    })
  })

  it('take an empty variable for one that is not set', () => {
    const names = ['PORT', 'BASE_URL', 'DATA_DIR', 'DATABASE_URL', 'TRUST_PROXY', 'CORS_ALLOWED_ORIGINS']
    const empty = Object.fromEntries(names.map((name) => [name, '']))
    expect(inspect(loadSettings(empty))).toBe(inspect(loadSettings({})))
  })

  it('follow PORT and DATA_DIR in what depends on them', () => {
    expect(loadSettings({ PORT: '8080', DATA_DIR: '/srv/studio' })).toMatchObject({
      port: 8080,
      baseUrl: 'http://localhost:8080',
      databaseUrl: 'sqlite:/srv/studio/studio.sqlite',
    })
  })

  it.each(['1', '65535'])('accept %p as PORT', (port) => expect(loadSettings({ PORT: port }).port).toBe(Number(port)))

  it.each(['0', '65536', '-1', 'abc', '80.5', '0x50', ' 80', '1e3'])('refuse %p as PORT', (port) =>
    refused('PORT', port),
  )

  it('accept a BASE_URL, and drop the slashes at its end', () => {
    expect(loadSettings({ BASE_URL: 'https://studio.example/api//' }).baseUrl).toBe('https://studio.example/api')
  })

  it.each(['studio.example', 'localhost:3332', 'ftp://studio.example', 'https://', '/api'])(
    'refuse %p as BASE_URL',
    (url) => refused('BASE_URL', url),
  )

  it('accept an Ethereum node for each network', () => {
    const mainnet = 'https://node.example/key'
    expect(loadSettings({ ETHR_MAINNET_RPC_URL: mainnet, ETHR_SEPOLIA_RPC_URL: '' }).ethrRpcUrls).toEqual({ mainnet })
  })

  it.each(['ETHR_MAINNET_RPC_URL', 'ETHR_SEPOLIA_RPC_URL'])('refuse what is no address as %s', (name) =>
    refused(name, 'node.example'),
  )

  it('accept both kinds of DATABASE_URL', () => {
    expect(loadSettings({ DATABASE_URL: 'postgres://db/studio' }).databaseUrl).toBe('postgres://db/studio')
    expect(loadSettings({ DATABASE_URL: 'sqlite:/srv/x.sqlite' }).databaseUrl).toBe('sqlite:/srv/x.sqlite')
  })

  it.each(['mysql://db', 'sqlite:', 'sqlite::memory:', '/srv/x.sqlite'])('refuse %p as DATABASE_URL', (url) =>
    refused('DATABASE_URL', url),
  )

  it('accept addresses, ranges and names as TRUST_PROXY', () => {
    const proxies = ['loopback', 'linklocal', 'uniquelocal', '10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8']
    expect(loadSettings({ TRUST_PROXY: ` ${proxies.join(' , ')},` }).trustProxy).toEqual(proxies)
  })

  it.each(['true', '1', '10/8', 'proxy.example', '10.0.0.256', '10.0.0.0/33', '10.0.0.0/', 'loopback,*'])(
    'refuse %p as TRUST_PROXY',
    (proxies) => refused('TRUST_PROXY', proxies),
  )

  it('accept origins, or all, as CORS_ALLOWED_ORIGINS', () => {
    const origins = ['https://console.example', 'http://localhost:5173', '*']
    expect(loadSettings({ CORS_ALLOWED_ORIGINS: origins.join(',') }).corsAllowedOrigins).toEqual(origins)
  })

  it.each(['console.example', 'https://console.example/', 'https://*.example', 'null', 'https://a.example/path'])(
    'refuse %p as CORS_ALLOWED_ORIGINS',
    (origins) => refused('CORS_ALLOWED_ORIGINS', origins),
  )
})

describe.each([
  { variable: 'STUDIO_KEK', member: 'kek', fileName: KEK_FILE },
  { variable: 'STUDIO_PEPPER', member: 'pepper', fileName: PEPPER_FILE },
] as const)('the secret $member', ({ variable, member, fileName }) => {
  const directory = temporaryDirectory()
  const file = join(directory, fileName)
  const bytes = randomBytes(32)

  const keepInFile = (text: string, mode: number) => {
    writeFileSync(file, text)
    chmodSync(file, mode)
  }

  it('comes from its variable, before its file', () => {
    keepInFile(randomBytes(32).toString('base64'), 0o600)
    const settings = loadSettings({ DATA_DIR: directory, [variable]: bytes.toString('base64') })
    expect(settings[member].export()).toEqual(bytes)
  })

  it('comes from its file, which only its owner may read', () => {
    keepInFile(`${bytes.toString('base64')}\n`, 0o600)
    expect(loadSettings({ DATA_DIR: directory })[member].export()).toEqual(bytes)
  })

  it.each([0o640, 0o604, 0o644, 0o620, 0o660])('is refused from a file of mode %o', (mode) => {
    keepInFile(bytes.toString('base64'), mode)
    const message = complaint(() => loadSettings({ DATA_DIR: directory })[member])
    expect(message).toContain(file)
    expect(message).toContain('chmod 600')
  })

  it('is missed only when it is used, in a line that names the variable and the file', () => {
    const settings = loadSettings({ DATA_DIR: join(directory, 'nowhere') })
    const message = complaint(() => settings[member])
    expect(message).toContain(variable)
    expect(message).toContain(join(directory, 'nowhere', fileName))
    expect(message).toContain('ENOENT')
  })

  it.each([31, 33, 0])('is refused when it has %i bytes, and is not shown', (length) => {
    const text = randomBytes(length).toString('base64') || ' '
    const message = complaint(() => loadSettings({ [variable]: text })[member])
    expect(message).toContain(`${variable} must be 32 bytes in base64`)
    if (length > 0) expect(message).not.toContain(text)
  })

  it('is refused in hexadecimal, or with what base64 has not', () => {
    complaint(() => loadSettings({ [variable]: bytes.toString('hex') })[member])
    complaint(() => loadSettings({ [variable]: `${bytes.toString('base64')}!` })[member])
  })

  it('is refused from a file that holds something else, naming the file', () => {
    keepInFile('not a key', 0o600)
    expect(complaint(() => loadSettings({ DATA_DIR: directory })[member])).toContain(file)
  })

  it('does not show when the settings are printed', () => {
    const settings = loadSettings({ [variable]: bytes.toString('base64') })
    const printed = [
      inspect(settings, { getters: true, showHidden: true, depth: 5 }),
      inspect(settings[member], { showHidden: true }),
      JSON.stringify(settings[member]),
    ].join('\n')
    for (const form of [bytes.toString('base64'), bytes.toString('hex'), bytes.toString('latin1')]) {
      expect(printed).not.toContain(form)
    }
  })
})

describe('a secret in base64', () => {
  it('is read in the alphabet of addresses too', () => {
    const bytes = Buffer.alloc(32, 0xfb)
    expect(parseSecret('STUDIO_KEK', bytes.toString('base64url')).export()).toEqual(bytes)
  })
})
