/** What `up` tells once everything serves: what to open and what to try next. */
import { relative } from 'node:path'

export interface BannerOptions {
  readonly url: string
  readonly directory: string
  readonly cwd: string
  readonly traffic: 'simulated' | 'own'
}

export function bannerOf({ url, directory, cwd, traffic }: BannerOptions): string {
  const open = url.replace('//127.0.0.1:', '//localhost:')
  const data = relative(cwd, directory) || '.'
  const shown = /[^\w./-]/.test(data) ? `"${data}"` : data
  const dataOption = data === 'data' ? '' : ` --data ${shown}`
  const event = '{"event_id":"my-1","event_type":"view","user_id":"me","product_id":"p1"}'
  const sql = 'SELECT event_type, count(*) AS events FROM events GROUP BY ALL'
  return `
  Clickpath is running${traffic === 'simulated' ? ', with a simulated shop sending traffic' : ''}.

    Open    ${open}
    Data    ${shown}

  Try next, in another terminal of this folder:

    an event of your own
      curl ${open}/v1/events -H 'content-type: application/json' \\
        -d '${event}'
    a question
      npx clickpath query "${sql}"${dataOption}
    last year's events
      npx clickpath import FILE.csv.gz --format rees46${dataOption}

  Ctrl-C stops it.

`
}
