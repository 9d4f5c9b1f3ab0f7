import { kitErrors } from '../kit-errors.js'

export type DatabaseEngine = 'sqlite' | 'postgres'

/** Splits `DATABASE_URL` into the engine and what its driver is given. */
export function parseDatabaseUrl(url: unknown): { engine: DatabaseEngine; location: string } {
  if (typeof url === 'string' && /^postgres(ql)?:\/\/.+/.test(url)) return { engine: 'postgres', location: url }
  const file = typeof url === 'string' && url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : ''
  if (file === ':memory:') {
    throw kitErrors.setting_invalid('DATABASE_URL: ":memory:" cannot be shared by a writer and readers; name a file')
  }
  if (file === '') throw kitErrors.setting_invalid('DATABASE_URL must be sqlite:<file> or postgres://…')
  return { engine: 'sqlite', location: file }
}
