/** The ways in which events come here, as commands and code that work as they stand. */
import type { Answer } from '../../api/routes.ts'

export interface Way {
  readonly name: string
  readonly title: string
  readonly about: string
  readonly code: string
  /** What it needs, or what to change in it. */
  readonly note: string
}

type Setup = Answer<'/api/setup'>

/** Where this page is, and whether only this machine can reach the server. */
export interface Place {
  readonly origin: string
  readonly isLocal: boolean
}

export function waysOf(setup: Setup, place: Place): readonly Way[] {
  const key = setup.write_keys[0]?.key ?? 'WRITE_KEY'
  return [curl(setup, place, key), tag(setup, place, key), segment(place, key), file(setup)]
}

function curl({ collect_path }: Setup, { origin, isLocal }: Place, key: string): Way {
  const event =
    '{"event_id":"first-1","event_type":"view","user_id":"me",\n    "product_id":"p1","category":"shoes","price":59.9}'
  // Only this machine may send without a key, and only to a server that no other can reach.
  const withKey = isLocal ? '' : `  -H 'authorization: Bearer ${key}' \\\n`
  return {
    name: 'curl',
    title: 'curl',
    about: 'One event by hand, from any terminal.',
    code: `curl ${origin}${collect_path} \\\n  -H 'content-type: application/json' \\\n${withKey}  -d '${event}'`,
    note: 'A 200 means that it is on disk. Sent again, it counts once: the event_id says that it is the same.',
  }
}

function tag({ tag_path }: Setup, { origin }: Place, key: string): Way {
  return {
    name: 'tag',
    title: 'Tag',
    about: 'For pages without any analytics: one line, page views come by themselves.',
    code: [
      `<script async src="${origin}${tag_path}" data-key="${key}"></script>`,
      '',
      '<!-- and what only your shop knows: -->',
      '<script>window.clickpath ||= (...call) => (clickpath.early ||= []).push(call)</script>',
      "<button onclick=\"clickpath('cart', { product_id: 'p1', price: 59.9 })\">Add to cart</button>",
    ].join('\n'),
    note: 'Put it into the head of every page. The key is public: it lets nobody read.',
  }
}

function segment({ origin }: Place, key: string): Way {
  return {
    name: 'segment',
    title: 'Segment',
    about:
      'The SDK that your shop has already, pointed here. RudderStack, Snowplow and GA4 work too.',
    code: [
      "import { AnalyticsBrowser } from '@segment/analytics-next'",
      '',
      'const analytics = AnalyticsBrowser.load({',
      `  writeKey: '${key}',`,
      `  cdnURL: '${origin}',`,
      '})',
      "analytics.track('Product Viewed', { product_id: 'p1', category: 'shoes', price: 59.9 })",
    ].join('\n'),
    note: `On a server: new Analytics({ writeKey: '${key}', host: '${origin}' }) of @segment/analytics-node.`,
  }
}

function file({ data }: Setup): Way {
  const folder = /^[\w./-]+$/.test(data) ? data : `"${data}"`
  return {
    name: 'import',
    title: 'Import',
    about: 'Last year along: CSV or Parquet, in the same tables as what comes live.',
    code: `npx clickpath import FILE.csv.gz --format rees46 --data ${folder}`,
    note: 'Works while the server runs. Other files come in with a mapping: docs/import.md. Importing a file twice changes nothing.',
  }
}
