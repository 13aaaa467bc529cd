/**
 * Messages without what people typed. DuckDB quotes the value that it could not take, and the
 * statement around it; logs and the last error are read by more people than the events are.
 */

/** Kinds of errors that speak of files, memory and locks alone, and are useless without names. */
const OF_THE_MACHINE = /^(IO|FATAL|Out of Memory|TransactionContext|Connection|Interrupt)\b/
const LENGTH_MAX = 300

/** For messages of DuckDB: its first line, with what is quoted left out. */
export function impersonal(message: string): string {
  const [first = ''] = message.split('\n', 1)
  const told = OF_THE_MACHINE.test(message)
    ? first
    : first.replace(/"[^"]*"?|'[^']*'?|(?<=: )LINE \d.*/g, '…')
  return told.length > LENGTH_MAX ? `${told.slice(0, LENGTH_MAX)}…` : told
}
