import start from '/work/main/test/support/build/start-postgres.js'
import stop from '/work/main/test/support/build/stop-postgres.js'
import { spawnSync } from 'node:child_process'
await start()
import pg from 'pg'
const c = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL }); await c.connect(); await c.query('CREATE DATABASE xx'); await c.end()
const url = process.env.TEST_POSTGRES_URL.replace(/postgres$/, 'xx')
const env = { ...process.env, DATABASE_URL: url, DATA_DIR: '/tmp/pgd' }
const run = (...a) => { const t = Date.now(); const r = spawnSync('node', ['/work/main/packages/cli/bin/veramo-studio.js', ...a], { env, cwd: '/work/main', encoding: 'utf8' }); console.log(a.join(' '), r.status, Date.now() - t, r.stdout.slice(0,80), r.stderr) }
run('init'); run('plans', 'check'); run('--config', '/tmp/bad.yml', 'plans', 'check'); run('--config', '/tmp/bad.yml', 'migrate')
await stop()
