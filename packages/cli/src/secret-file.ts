import { randomBytes } from 'node:crypto'
import { access, chmod, link, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { constants } from 'node:fs'
import { kitErrors } from '@veramo-studio/plugin-kit'

const OWNER_ONLY_DIRECTORY = 0o700
const OWNER_ONLY_FILE = 0o600

/** Makes a directory that only its owner may enter, or checks that an existing one can be used. */
export async function ensureDataDir(directory: string): Promise<void> {
  try {
    const made = await mkdir(directory, { recursive: true, mode: OWNER_ONLY_DIRECTORY })
    if (made !== undefined) await chmod(directory, OWNER_ONLY_DIRECTORY)
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unusable'
    throw kitErrors.setting_invalid(`DATA_DIR: ${directory} cannot be used (${reason})`, { cause })
  }
}

/** Writes a new secret file, whole or not at all. Returns false, and changes nothing, where the file exists. */
export async function createSecretFile(file: string, text: string): Promise<boolean> {
  return withTemporary(file, text, async (temporary) => {
    try {
      await link(temporary, file)
      return true
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
      throw error
    }
  })
}

/** Writes a secret file in place of what was there before, whole or not at all. */
export async function replaceSecretFile(file: string, text: string): Promise<void> {
  await withTemporary(file, text, (temporary) => rename(temporary, file))
}

async function withTemporary<T>(file: string, text: string, use: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`
  try {
    await writeFile(temporary, text, { mode: OWNER_ONLY_FILE, flag: 'wx', flush: true })
    return await use(temporary)
  } finally {
    await rm(temporary, { force: true })
  }
}
