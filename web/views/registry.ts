/** Every view in the order of the navigation; a new one is a folder and an entry here. */
import type { View } from './view.ts'

export const VIEWS: readonly View[] = Object.freeze([
  {
    name: 'now',
    title: 'Now',
    answers: 'What is happening in the shop at this moment?',
    icon: 'now',
    tables: [],
    load: () => import('./now/now.tsx'),
  },
  {
    name: 'funnel',
    title: 'Funnel',
    answers: 'Where do people leave on their way through the shop?',
    icon: 'funnel',
    tables: ['sessions'],
    load: () => import('./funnel/funnel.tsx'),
  },
  {
    name: 'journeys',
    title: 'Journeys',
    answers: 'Which way do people go through the shop?',
    icon: 'journeys',
    tables: ['sessions'],
    load: () => import('./journeys/journeys.tsx'),
  },
  {
    name: 'retention',
    title: 'Retention',
    answers: 'Do people come back, and how many of them after how long?',
    icon: 'retention',
    tables: ['sessions', 'orders'],
    load: () => import('./retention/retention.tsx'),
  },
  {
    name: 'attribution',
    title: 'Attribution',
    answers: 'Which visits brought the revenue?',
    icon: 'attribution',
    tables: ['sessions', 'orders'],
    load: () => import('./attribution/attribution.tsx'),
  },
  {
    name: 'trust',
    title: 'Trust',
    answers: 'Where did every event go, and can these figures be believed?',
    icon: 'trust',
    tables: ['ledger'],
    load: () => import('./trust/trust.tsx'),
  },
  {
    name: 'connect',
    title: 'Connect',
    answers: 'How do events of the shop come here?',
    icon: 'connect',
    tables: [],
    load: () => import('./connect/connect.tsx'),
  },
] satisfies readonly View[])
