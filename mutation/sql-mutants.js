/**
 * Mutants of SQL, which is text to Stryker: it can only take a whole statement away. Each of these takes away one guard,
 * and leaves a statement that runs.
 */

const COLUMN = String.raw`(?:\b[a-z]\.)?"\w+"`
const OPERAND = String.raw`(?:\?|'\w+'|v\.column\d|v\."\w+")`
const CONDITION = `${COLUMN} (?:=|<=|>=|<|>) ${OPERAND}`

/** Each finds a guard, and says what is left without it. */
const MUTATORS = [
  { name: 'condition', pattern: new RegExp(`(?<=\\bAND )${CONDITION}`, 'g'), left: always },
  { name: 'first condition', pattern: new RegExp(`(?<=WHERE )${CONDITION}`, 'g'), left: always },
  { name: 'bound', pattern: / (?:>|<)(?= (?:\?|v\.))/g, left: (found) => `${found}=` },
  { name: 'bound', pattern: / (?:>=|<=)(?= (?:\?|v\.))/g, left: (found) => found.slice(0, -1) },
  { name: 'conflict clause', pattern: / ON CONFLICT DO NOTHING/g, left: () => '' },
  { name: 'lock', pattern: / FOR UPDATE/g, left: () => '' },
  { name: 'direction', pattern: / DESC/g, left: () => '' },
  { name: 'primary key', pattern: /isPrimary: true/g, left: () => 'isPrimary: false' },
]

/**
 * @param {string} text of a file
 * @returns {Array<{ name: string, line: number, found: string, left: string, text: string }>}
 */
export function sqlMutantsOf(text) {
  return MUTATORS.flatMap(({ name, pattern, left }) =>
    [...text.matchAll(pattern)].map((match) => {
      const [found] = match
      const replacement = left(found)
      return {
        name,
        line: text.slice(0, match.index).split('\n').length,
        found: found.trim(),
        left: replacement.trim(),
        text: text.slice(0, match.index) + replacement + text.slice(match.index + found.length),
      }
    }),
  )
}

/** True for every row, and takes as many parameters. */
function always(condition) {
  return condition.endsWith('?') ? '? IS NOT NULL' : '1 = 1'
}
