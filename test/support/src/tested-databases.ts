export type Engine = 'sqlite' | 'postgres'

/** Both, unless `TEST_DATABASES` names one: `sqlite` or `postgres`. */
export function isTested(engine: Engine): boolean {
  return [undefined, '', engine].includes(process.env['TEST_DATABASES'])
}
