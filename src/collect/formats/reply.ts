/** What a format answers where JSON is not what its clients expect. */

/** An answer 200 with a body of its own; 204 with an empty one. */
export class Reply {
  readonly type: string
  readonly body: string | Buffer
  readonly headers: Readonly<Record<string, string>>

  constructor(type: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}) {
    this.type = type
    this.body = body
    this.headers = Object.freeze({ ...headers })
  }
}

/** Taken, and there is no more to say. */
export const EMPTY_REPLY = new Reply('', '')

/** One transparent point, as GIF. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** For events that come as the address of an image. It must not be cached: each one is an event. */
export const PIXEL_REPLY = new Reply('image/gif', PIXEL, {
  'Cache-Control': 'no-store, no-cache, must-revalidate',
})
