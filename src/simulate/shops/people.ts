/**
 * Who the customers of a simulated shop are: names that nobody has, addresses that reach nobody.
 */
import { Random } from '../random.ts'

const GIVEN: Readonly<Record<string, readonly string[]>> = {
  female: [
    ...['Alva', 'Birte', 'Clara', 'Dorota', 'Elif', 'Fenna', 'Greta', 'Hanna', 'Ines', 'Jolanda'],
    ...['Katja', 'Lucia', 'Marta', 'Noor', 'Olga', 'Paula', 'Rosa', 'Sanne', 'Tilda', 'Vera'],
  ],
  male: [
    ...['Anton', 'Bruno', 'Carlos', 'Dirk', 'Emre', 'Felix', 'Goran', 'Henri', 'Ivo', 'Jonas'],
    ...['Kasper', 'Luca', 'Mats', 'Nico', 'Oskar', 'Pedro', 'Ruben', 'Stefan', 'Tom', 'Viktor'],
  ],
  other: ['Alex', 'Kim', 'Robin', 'Sam', 'Sascha', 'Toni'],
}
const FAMILY = [
  ...[
    'Albers',
    'Baumann',
    'Carvalho',
    'Dijkstra',
    'Eriksen',
    'Ferrer',
    'Gruber',
    'Holm',
    'Iversen',
  ],
  ...['Jansen', 'Kowalski', 'Laurent', 'Moreau', 'Nowak', 'Oliveira', 'Petit', 'Quist', 'Romano'],
  ...['Schubert', 'Thomsen', 'Urban', 'Virtanen', 'Wouters', 'Yilmaz', 'Zanetti'],
]
/** Reserved for examples (RFC 2606): no letter ever arrives there. */
const MAIL_HOSTS = ['mail.example', 'post.example', 'inbox.example']

export interface Person {
  readonly customer_name: string
  readonly email: string
}

/** The same person for the same seed and number. */
export function makePerson(seed: string | number, number: number, gender: string): Person {
  const random = new Random(`${seed}/person/${number}`)
  const given = random.pick(GIVEN[gender] ?? GIVEN.other ?? ['Kim'])
  const family = random.pick(FAMILY)
  const box = `${given}.${family}${number}`.toLowerCase()
  return { customer_name: `${given} ${family}`, email: `${box}@${random.pick(MAIL_HOSTS)}` }
}
