/** Java and Maven of this machine, or how to get them. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ClusterError } from './cluster_error.ts'

const JAVA_MIN = 17

const HOW_TO_INSTALL = {
  java: {
    debian: 'sudo apt-get install openjdk-17-jre-headless',
    macos: 'brew install openjdk@17',
  },
  maven: { debian: 'sudo apt-get install maven', macos: 'brew install maven' },
} as const

export interface Java {
  readonly command: string
  /** 17, 21, ... */
  readonly release: number
}

/** Throws, with how to install it, where there is none or an old one. */
export function requireJava(): Java {
  const home = process.env.JAVA_HOME
  const own = home === undefined ? '' : join(home, 'bin', 'java')
  const command = own !== '' && existsSync(own) ? own : 'java'
  const { status, stderr } = spawnSync(command, ['-version'], { encoding: 'utf8' })
  if (status !== 0) {
    throw new ClusterError(
      `Kafka and Spark run on Java ${JAVA_MIN}, and there is none here.${howTo('java')}`,
    )
  }
  const release = Number(/version "(?:1\.)?(\d+)/.exec(stderr)?.[1])
  if (release >= JAVA_MIN) return { command, release }
  throw new ClusterError(
    `Kafka and Spark need Java ${JAVA_MIN} or newer; \`${command}\` is ${release}.${howTo('java')}` +
      '\nWith several, JAVA_HOME says which one is used.',
  )
}

/** The command; throws, with how to install it, where there is none. */
export function requireMaven(): string {
  const { status } = spawnSync('mvn', ['--version'], { encoding: 'utf8' })
  if (status === 0) return 'mvn'
  throw new ClusterError(
    `Kafka and Spark are fetched with Maven, and there is none here.${howTo('maven')}`,
  )
}

function howTo(what: keyof typeof HOW_TO_INSTALL): string {
  const { debian, macos } = HOW_TO_INSTALL[what]
  const ways = `\n  Debian, Ubuntu:  ${debian}\n  macOS:           ${macos}`
  return `${ways}\nThen run the same command again.`
}
