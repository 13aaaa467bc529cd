// The packages that Clickpath brings along: those of every system locked, none with an install
// script that nobody allowed, none with a known vulnerability. The last needs a registry that
// answers `npm audit`; where none does, that part is skipped and says why. Plain JavaScript, and
// nothing of node_modules.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const ASK_MS_MAX = 60_000
/** What lets a change not be taken; lesser ones are told. */
const GRAVE = ['high', 'critical']

const read = (name) => JSON.parse(readFileSync(join(ROOT, name), 'utf8'))
const say = (line) => process.stdout.write(`audit: ${line}\n`)
const mistakes = [...lockMistakes(), ...knownVulnerabilities()]
for (const mistake of mistakes) say(mistake)
if (mistakes.length > 0) process.exit(1)

/** What the lock file itself tells. */
function lockMistakes() {
  const { packages } = read('package-lock.json')
  const allowed = new Set(Object.keys(read('package.json').allowScripts ?? {}))
  const found = Object.entries(packages).filter(([path, { link }]) => path !== '' && !link)
  const unlocked = found.filter(([, { integrity, inBundle }]) => !inBundle && !integrity)
  // What is for one kind of machine, and could not be fetched where the lock file was written.
  const elsewhere = unlocked.filter(([, { optional, os, cpu }]) => optional && os && cpu)
  const loose = unlocked
    .filter((entry) => !elsewhere.includes(entry))
    .map(([path]) => `${path} is not locked to its content`)
  // Without them npm would leave out, on other systems, what the packages need there.
  const names = found.map(([path]) => path.split('node_modules/').at(-1))
  const missing = found.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !names.includes(name))
      .map((name) => `${path} has no ${name} in the lock file; npm ci refuses that`),
  )
  const strange = found
    .filter(([, { resolved }]) => resolved && !resolved.startsWith('https://'))
    .map(([path, { resolved }]) => `${path} comes from ${resolved}`)
  const scripts = found
    .filter(([path, { hasInstallScript, optional }]) => {
      return hasInstallScript && !optional && !allowed.has(path.split('node_modules/').at(-1))
    })
    .map(([path]) => `${path} runs an install script; allow it in package.json or leave it out`)
  say(`${found.length} locked packages looked at`)
  say(`${elsewhere.length} of other systems are locked to their version, not to their content`)
  return [...loose, ...missing, ...strange, ...scripts]
}

function knownVulnerabilities() {
  const { stdout } = spawnSync('npm', ['audit', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: ASK_MS_MAX,
    shell: process.platform === 'win32',
  })
  const answer = parse(stdout)
  if (!answer?.vulnerabilities) {
    const reason = answer?.message ?? answer?.error?.summary ?? 'no answer in time'
    say(`known vulnerabilities SKIPPED, since the registry tells none (${reason})`)
    return []
  }
  const known = Object.values(answer.vulnerabilities)
  say(`${known.length} packages with known vulnerabilities`)
  return known.flatMap(({ name, severity, range }) => {
    const line = `${name} ${range} has a ${severity} vulnerability`
    if (GRAVE.includes(severity)) return [line]
    say(line)
    return []
  })
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
