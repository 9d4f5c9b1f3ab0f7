import { createSecretKey, type KeyObject } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import ipaddr from 'ipaddr.js'
import { isErrorLike } from './error-like.js'
import { parseDatabaseUrl } from './database/database-url.js'
import { kitErrors } from './kit-errors.js'

/** What the environment says, checked. Keys are `KeyObject`s: they do not show when printed. */
export interface Settings {
  port: number
  /** Where clients reach the service; no slash at the end. */
  baseUrl: string
  dataDir: string
  databaseUrl: string
  /** Proxies whose `X-Forwarded-*` headers are believed: addresses, CIDR ranges, or `loopback`. */
  trustProxy: string[]
  /** Origins whose browser pages may call the service; `*` for all. */
  corsAllowedOrigins: string[]
  /** What the tokens of API keys begin with that were made elsewhere and may be imported. */
  importedPrefixes: string[]
  /** The Ethereum nodes that `did:ethr` is resolved at. */
  ethrRpcUrls: { mainnet?: string; sepolia?: string }
  readonly kek: KeyObject
  readonly pepper: KeyObject
}

export const KEK_FILE = 'kek'
export const PEPPER_FILE = 'pepper'
const SECRET_BYTES = 32
const DEFAULT_PORT = 3332
const NAMED_RANGES = ['loopback', 'linklocal', 'uniquelocal']

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Reads the settings of a service. The secrets are only looked for when they are used, so that `init` can make them.
 * Throws `setting_invalid` with one line that names the variable.
 */
export function loadSettings(variables: Variables = process.env): Settings {
  const dataDir = variables['DATA_DIR'] || './data'
  const port = parsePort(variables['PORT'])
  const databaseUrl = variables['DATABASE_URL'] || `sqlite:${join(dataDir, 'studio.sqlite')}`
  parseDatabaseUrl(databaseUrl)
  return {
    port,
    dataDir,
    databaseUrl,
    baseUrl: parseBaseUrl(variables['BASE_URL'] || `http://localhost:${port}`),
    trustProxy: parseList(variables['TRUST_PROXY']).map(parseProxy),
    corsAllowedOrigins: parseList(variables['CORS_ALLOWED_ORIGINS']).map(parseOrigin),
    importedPrefixes: parseList(variables['IMPORTED_KEY_PREFIXES']),
    ethrRpcUrls: {
      ...parseNode('mainnet', 'ETHR_MAINNET_RPC_URL', variables),
      ...parseNode('sepolia', 'ETHR_SEPOLIA_RPC_URL', variables),
    },
    get kek() {
      return loadSecret('STUDIO_KEK', variables, join(dataDir, KEK_FILE))
    },
    get pepper() {
      return loadSecret('STUDIO_PEPPER', variables, join(dataDir, PEPPER_FILE))
    },
  }
}

/** Makes a key of base64 text that holds exactly 32 bytes. */
export function parseSecret(name: string, base64: string): KeyObject {
  const bytes = Buffer.from(base64.trim(), 'base64')
  if (bytes.length !== SECRET_BYTES || !/^[A-Za-z0-9+/_=-]+$/.test(base64.trim())) {
    throw kitErrors.setting_invalid(`${name} must be ${SECRET_BYTES} bytes in base64`)
  }
  return createSecretKey(bytes)
}

function loadSecret(name: string, variables: Variables, file: string): KeyObject {
  const value = variables[name]
  return value ? parseSecret(name, value) : parseSecret(`${name} (in ${file})`, readSecretFile(name, file))
}

function readSecretFile(name: string, file: string): string {
  let mode: number
  let text: string
  try {
    mode = statSync(file).mode
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const reason = isErrorLike(cause) && 'code' in cause ? String(cause.code) : 'unreadable'
    throw kitErrors.setting_invalid(
      `${name} is not set, and ${file} cannot be read (${reason}); run veramo-studio init`,
      {
        cause,
      },
    )
  }
  if ((mode & 0o077) !== 0) throw kitErrors.setting_invalid(`${file} can be read by others; chmod 600 ${file}`)
  return text
}

function parsePort(text: string | undefined): number {
  if (!text) return DEFAULT_PORT
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw kitErrors.setting_invalid('PORT must be a number from 1 to 65535')
  }
  return port
}

function parseBaseUrl(text: string): string {
  return parseHttpUrl('BASE_URL', text).replace(/\/+$/, '')
}

function parseHttpUrl(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw kitErrors.setting_invalid(`${name} must be an http or https address`)
  }
  return text
}

function parseNode(network: string, name: string, variables: Variables): Record<string, string> {
  const text = variables[name]
  return text ? { [network]: parseHttpUrl(name, text) } : {}
}

function parseList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function parseProxy(text: string): string {
  // A bare number is an address too, in a spelling that nobody means: Express takes it for a count of hops.
  const [address = ''] = text.split('/')
  const isRange = text === address || ipaddr.isValidCIDR(text)
  if (NAMED_RANGES.includes(text) || (isIP(address) !== 0 && isRange)) return text
  throw kitErrors.setting_invalid(
    `TRUST_PROXY: "${text}" is not an address, a CIDR range or one of ${NAMED_RANGES.join(', ')}`,
  )
}

function parseOrigin(text: string): string {
  if (text === '*' || (!text.includes('*') && URL.canParse(text) && new URL(text).origin === text)) return text
  throw kitErrors.setting_invalid(`CORS_ALLOWED_ORIGINS: "${text}" is not an origin such as https://console.example`)
}
