const CHANGE = /^\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?/i
/** Of a statement that does several things at once. */
const CHANGES = /(INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"/gi
const START_OR_UNDO = /^\s*(BEGIN|ROLLBACK(?! TO))/i
const COMMIT = /^\s*COMMIT/i

/** Before each step, in what a server says. */
export const STEP_MARK = 'at step: '

/** What a process does by the clock, and in no fixed place among the steps of an operation. */
const IN_THE_BACKGROUND = ['studio_process']

/**
 * Names what a process does to its database, statement by statement: `before INSERT studio_reservation #1`,
 * `after COMMIT #2`. What reads, or opens a transaction, is no step: it leaves the database as it was. Nor is the commit
 * of a transaction that changed nothing, or only what belongs to the background.
 */
export class Steps {
  private readonly counts = new Map<string, number>()
  private readonly changing = new WeakSet<object>()
  private isArmed = false

  constructor(private readonly reach: (step: string) => void) {}

  /** Steps count from now on, from 1. */
  arm(): void {
    this.counts.clear()
    this.isArmed = true
  }

  /** Runs a statement of a connection as a step. */
  run<T>(connection: object, statement: unknown, execute: () => T): T {
    const text = textOf(statement)
    const name = text === undefined ? undefined : this.nameOf(connection, text)
    if (name === undefined) return execute()
    const count = (this.counts.get(name) ?? 0) + 1
    this.counts.set(name, count)
    this.reach(`before ${name} #${count}`)
    const done = () => this.reach(`after ${name} #${count}`)
    const result = execute()
    if (!(result instanceof Promise)) {
      done()
      return result
    }
    return result.then((value: unknown) => {
      done()
      return value
    }) as T
  }

  private nameOf(connection: object, statement: string): string | undefined {
    if (START_OR_UNDO.test(statement)) this.changing.delete(connection)
    if (!this.isArmed) return undefined
    if (COMMIT.test(statement)) return this.changing.delete(connection) ? 'COMMIT' : undefined
    const [, kind = '', table = ''] = CHANGE.exec(statement) ?? lastChangeOf(statement) ?? []
    if (kind === '' || IN_THE_BACKGROUND.includes(table)) return undefined
    this.changing.add(connection)
    return `${kind.split(' ')[0]?.toUpperCase()} ${table}`
  }
}

/** pg takes a statement with a name as an object. */
function textOf(statement: unknown): string | undefined {
  if (typeof statement === 'string') return statement
  const text = typeof statement === 'object' && statement !== null && 'text' in statement ? statement.text : undefined
  return typeof text === 'string' ? text : undefined
}

/** What a statement of several parts does last names it. */
function lastChangeOf(statement: string): RegExpMatchArray | undefined {
  return /^\s*WITH\s/i.test(statement) ? [...statement.matchAll(CHANGES)].at(-1) : undefined
}

/** Those of the steps that a run without SOAK dies at: `before` one is `after` the one that it follows, but for a commit. */
export function distinctSteps(steps: readonly string[]): string[] {
  return steps.filter((step) => step.startsWith('before ') || step.startsWith('after COMMIT'))
}

/** As many of the steps as are wanted, evenly spread; the last is among them. */
export function spread(steps: readonly string[], wanted: number): string[] {
  if (steps.length <= wanted) return [...steps]
  if (wanted === 1) return steps.slice(-1)
  const places = Array.from({ length: wanted }, (_unused, index) => (index * (steps.length - 1)) / (wanted - 1))
  return [...new Set(places.map((place) => steps[Math.round(place)] as string))]
}
