import tseslint from 'typescript-eslint'

/** The budgets: a longer file or function is a sign that two things share a room. */
const budgets = {
  'max-lines': ['error', { max: 350 }],
  'max-lines-per-function': ['error', { max: 70 }],
  'max-params': ['error', 3],
  complexity: ['error', 15],
}

export default tseslint.config(
  { ignores: ['**/build/', '**/node_modules/', '**/plugin.schema.ts', 'data/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...budgets,
      'no-console': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take the time from a Clock.' },
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'Take the time from a Clock.',
        },
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'Read the environment in settings.ts.',
        },
        { selector: 'ExportAllDeclaration', message: 'Name what is exported.' },
      ],
    },
  },
  {
    // The places where the time and the environment come from.
    files: ['packages/plugin-kit/src/clock.ts', 'packages/plugin-kit/src/settings.ts', 'packages/cli/src/main.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/__tests__/**', 'test/**', 'bench/**', 'examples/**'],
    rules: { 'max-lines-per-function': 'off', 'no-restricted-syntax': 'off', 'no-console': 'off' },
  },
)
