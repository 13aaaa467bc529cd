/** How events are sent to this shop, so that the page can show commands that work as they are. */
import { list, object, type Route, text } from '../route.ts'

export const setup: Route = {
  method: 'GET',
  path: '/api/setup',
  summary: 'Where and with which key events are sent to this shop.',
  access: 'read',
  answer: object({
    collect_path: text('where events are posted to'),
    tag_path: text('where the script for pages is'),
    write_keys: list(
      object({ key: text('the key'), source: text('whose events it sends') }),
      'those of browsers, which every visitor of the shop can read; they let nobody read',
    ),
    data: text('the data folder on the machine of the server'),
    time_zone: text('of the shop, in which its days begin'),
    currency: text('of the shop'),
  }),
  handle: async ({ settings, directory, writeKeys }) => {
    const { collect_path, tag_path, time_zone, currency } = settings
    const write_keys = writeKeys()
      .filter(({ kind }) => kind === 'browser')
      .map(({ key, source }) => ({ key, source }))
    return { collect_path, tag_path, write_keys, data: directory, time_zone, currency }
  },
}
