import { call, type Expression, operator } from '../expression.ts'

export const hostOfOperator = operator(
  'hostOf',
  'In small letters, without `www.` and port; null for what is no address with a scheme.',
  [
    { args: ['https://www.Google.com/search?q=shoes'], gives: 'google.com' },
    { args: ['http://user@shop.example:8080'], gives: 'shop.example' },
    { args: ['android-app://com.example'], gives: 'com.example' },
    { args: ['/cart'], gives: null },
    { args: [null], types: ['text'], gives: null },
  ],
)

/** The host of an address. */
export function hostOf(address: Expression<'text'>): Expression<'text'> {
  return call(hostOfOperator, 'text', [address])
}
