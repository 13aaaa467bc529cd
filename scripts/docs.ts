/**
 * Writes the pages that are made from tables in the code; `npm run docs`. They are committed, and a
 * test compares them with what this would write.
 */
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { INVALID_REASONS } from '../src/model/record.ts'
import { shippedTables } from '../src/model/tables/registry.ts'
import { ERRORS } from '../src/std/errors.ts'
import { NOTICES } from '../src/std/notices.ts'
import { readSettings, SETTINGS } from '../src/std/settings.ts'
import { apiTypes } from './api_types.ts'

const MADE = '<!-- Made from the code by `npm run docs`; change it there. -->'

/** Every generated page by its path in the repository. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/errors.md': errorsPage,
  'docs/log-lines.md': logLinesPage,
  'docs/settings.md': settingsPage,
  'docs/tables.md': tablesPage,
  'web/api/generated/routes.ts': apiTypes,
}

function settingsPage(): string {
  const rows = Object.entries(SETTINGS).map(([name, setting]) => {
    const bounds = 'min' in setting ? `${setting.min} to ${setting.max}` : 'text'
    const fallback = setting.default === '' ? 'empty' : `\`${setting.default}\``
    return `| \`${name}\` | ${fallback} | ${bounds} | ${cell(setting.about)} |`
  })
  return page(
    'Settings',
    [
      'Each may be given on the command line (`--log-reserve-mb 50`), in the environment',
      '(`CLICKPATH_LOG_RESERVE_MB=50`) or in `clickpath.config.ts`',
      '(`settings: { log_reserve_mb: 50 }`); the first of these that names it wins. All mistakes',
      'are reported at once, before anything starts.',
    ],
    ['| Setting | Default | Bounds | What it does |', '| --- | --- | --- | --- |', ...rows],
  )
}

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([code, [status, retry, sentence]]) => {
    return `| \`${code}\` | ${status} | ${retry} | ${cell(sentence.replaceAll('%s', '…'))} |`
  })
  return page(
    'Errors',
    [
      'Every error has a code, which never changes its meaning, and a sentence that says what',
      'happened, why and what to do. `retry` says whether sending the same again can help. Over',
      'HTTP the answer is `{"code":"...","message":"..."}` with the status; the command line prints',
      '`CODE: sentence`, or the same JSON with `--json`.',
    ],
    [
      '| Code | HTTP | Retry | What it says |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
      '## Why an event is invalid',
      '',
      'An invalid event never harms its neighbours: it is kept with its reason and what was sent.',
      '',
      '| Reason | What it says |',
      '| --- | --- |',
      ...Object.entries(INVALID_REASONS).map(
        ([reason, about]) => `| \`${reason}\` | ${cell(about)} |`,
      ),
    ],
  )
}

function logLinesPage(): string {
  const rows = Object.entries(NOTICES).map(([code, [level, sentence]]) => {
    return `| \`${code}\` | ${level} | ${cell(sentence.replaceAll('%s', '…'))} |`
  })
  return page(
    'Log lines',
    [
      'Each process tells of itself on standard error: at a terminal in sentences, elsewhere (and with',
      '`--json`) one JSON object a line, with `time`, `level`, `role`, `pid`, `code` and `msg`, and `err`',
      'with a stack where something was thrown. A code never changes its meaning. `warn` mends itself;',
      '`error` and `fatal` need somebody. The same line is written five times, then once a minute with',
      '`repeated`: how often it was left out. No line holds what an event holds.',
    ],
    ['| Code | Level | What it says |', '| --- | --- | --- |', ...rows],
  )
}

function tablesPage(): string {
  const sections = shippedTables(readSettings({})).flatMap(
    ({ name, answers, from, by, measures }) => [
      `## ${name}`,
      '',
      `${answers} Reads \`${from.name}\`.`,
      '',
      `Keys: ${Object.keys(by)
        .map((key) => `\`${key}\``)
        .join(', ')}`,
      '',
      '| Measure | Type | What it is |',
      '| --- | --- | --- |',
      ...Object.entries(measures).map(
        ([column, { type, about }]) => `| \`${column}\` | ${type} | ${cell(about)} |`,
      ),
      '',
    ],
  )
  return page(
    'Tables',
    [
      'The tables that come with Clickpath. `clickpath explain TABLE` shows window, states and SQL;',
      'a table of your own is about ten lines of TypeScript, see the README.',
    ],
    sections.slice(0, -1),
  )
}

function page(title: string, lead: readonly string[], table: readonly string[]): string {
  return `# ${title}\n\n${MADE}\n\n${lead.join('\n')}\n\n${table.join('\n')}\n`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim()
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, render] of Object.entries(PAGES)) {
    writeFileSync(new URL(`../${path}`, import.meta.url), render())
  }
}
