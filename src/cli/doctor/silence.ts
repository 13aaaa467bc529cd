/** What to do about a server that does not answer. */
export function cureOfSilence(pid: number | undefined): string {
  const kill = `kill -KILL ${pid}; \`clickpath up\` starts it again and nothing is lost.`
  return `Events are taken all the same. If it goes on: ${kill}`
}
