/**
 * The channel that an event came by: what its campaign says, else what its referrer is. Null where
 * neither says anything, as on all but the first page of most visits; a session of nothing but such
 * events is `direct`.
 */
import { events } from './events.ts'
import { type Expression, literal } from './expression.ts'
import { and } from './expressions/and.ts'
import { caseWhen } from './expressions/case_when.ts'
import { containsAny } from './expressions/contains_any.ts'
import { eq } from './expressions/eq.ts'
import { hostOf } from './expressions/host_of.ts'
import { isNull } from './expressions/is_null.ts'
import { lower } from './expressions/lower.ts'
import { not } from './expressions/not.ts'
import { oneOf } from './expressions/one_of.ts'

const medium = lower(events.utm_medium)
const referrer = hostOf(events.referrer)

const PAID = ['cpc', 'ppc', 'cpm', 'paid', 'paidsearch', 'display', 'banner']
const SEARCH_ENGINES = ['google.', 'bing.', 'duckduckgo.', 'yahoo.', 'ecosia.', 'baidu.', 'yandex.']
const SOCIAL = [
  ...['facebook.', 'instagram.', 'tiktok.', 'pinterest.', 'twitter.', 'linkedin.'],
  ...['youtube.', 'reddit.', 'snapchat.'],
]
const TOLD = [events.utm_medium, events.utm_source, events.utm_campaign, events.referrer]

export const channel: Expression<'text'> = caseWhen(
  'text',
  [
    // Most events say nothing of it: they are done with here.
    [and(...TOLD.map((column) => isNull(column))), literal('text', null)],
    [oneOf(medium, PAID), 'paid'],
    [oneOf(medium, ['email', 'e-mail', 'newsletter']), 'email'],
    [oneOf(medium, ['social', 'social-media', 'social_media', 'sm']), 'social'],
    [oneOf(medium, ['affiliate', 'affiliates']), 'affiliate'],
    [eq(medium, 'organic'), 'organic search'],
    [eq(medium, 'referral'), 'referral'],
    [not(isNull(events.utm_source)), 'campaign'],
    [not(isNull(events.utm_campaign)), 'campaign'],
    [eq(referrer, hostOf(events.page_url)), literal('text', null)],
    [containsAny(referrer, SEARCH_ENGINES), 'organic search'],
    [containsAny(referrer, SOCIAL), 'social'],
    [oneOf(referrer, ['t.co', 'x.com']), 'social'],
    [not(isNull(referrer)), 'referral'],
  ],
  literal('text', null),
)
