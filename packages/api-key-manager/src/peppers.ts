import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { BASE62, kitErrors } from '@veramo-studio/plugin-kit'
import { KeyedHash } from './keyed-hash.js'

/** A secret that hashes and tags are made with, outside the database. */
export interface PepperVersion {
  /** 1 to 61; a token carries it as one character. */
  version: number
  /** A secret key of at least 32 bytes. */
  key: KeyObject
}

/** A pepper as it is used: for what is kept of tokens, and, with a key derived from it, for their tags. */
export interface Pepper {
  version: number
  kept: KeyedHash
  tags: KeyedHash
}

const KEY_BYTES = 32
const LAST_VERSION = BASE62.length - 1
const TAG_KEY_PURPOSE = 'veramo-studio api key tag'

/** All peppers that are in use: new tokens take the newest, older tokens keep theirs. */
export class Peppers {
  readonly newest: Pepper
  /** The newest first. */
  readonly all: readonly Pepper[]
  private readonly byVersion: ReadonlyMap<number, Pepper>

  /** Throws `setting_invalid` for a list that is empty or has a version twice, and for a key that is none. */
  constructor(versions: readonly PepperVersion[]) {
    const peppers = versions.map(toPepper).sort((one, other) => other.version - one.version)
    this.byVersion = new Map(peppers.map((pepper) => [pepper.version, pepper]))
    const newest = peppers[0]
    if (newest === undefined) throw kitErrors.setting_invalid('API keys need a pepper')
    if (this.byVersion.size !== peppers.length) throw kitErrors.setting_invalid('two peppers have the same version')
    this.newest = newest
    this.all = peppers
  }

  find(version: number): Pepper | undefined {
    return this.byVersion.get(version)
  }
}

function toPepper({ version, key }: PepperVersion): Pepper {
  if (!Number.isInteger(version) || version < 1 || version > LAST_VERSION) {
    throw kitErrors.setting_invalid(`the version of a pepper must be an integer from 1 to ${LAST_VERSION}`)
  }
  if (key?.type !== 'secret' || (key.symmetricKeySize ?? 0) < KEY_BYTES) {
    throw kitErrors.setting_invalid(`a pepper must be a secret key of at least ${KEY_BYTES} bytes`)
  }
  const tagKey = createSecretKey(Buffer.from(hkdfSync('sha256', key, '', TAG_KEY_PURPOSE, KEY_BYTES)))
  return { version, kept: new KeyedHash(key), tags: new KeyedHash(tagKey) }
}
