/**
 * The page: what all views share is asked here once, and the view that the address names is shown.
 */
import { Suspense, useEffect, useMemo, useRef } from 'react'
import { CATALOGUE_EVERY_MS, CatalogueContext } from '../api/catalogue.ts'
import { FIGURES_EVERY_MS, FiguresContext } from '../api/figures.ts'
import { useStore } from '../api/store.ts'
import { useAnswer } from '../api/use_answer.ts'
import { useApi } from '../api/use_api.ts'
import { lazyChunk } from '../parts/chunk.ts'
import { Waiting } from '../parts/states.tsx'
import { useAddress } from '../state/address.ts'
import { VIEWS } from '../views/registry.ts'
import type { View } from '../views/view.ts'
import { Catch } from './catch.tsx'
import { Navigation } from './navigation.tsx'
import { NoSuchView } from './no_such_view.tsx'
import { TokenDialog } from './token_dialog.tsx'
import './frame.css'

/** Loaded once each, when somebody goes there. */
const SCREENS = new Map(VIEWS.map((view) => [view.name, lazyChunk(view.load)]))

export function App() {
  const api = useApi()
  const tokenWanted = useStore(api.tokenWanted)
  const figures = useAnswer('/api/figures', {}, { every_ms: FIGURES_EVERY_MS })
  const catalogue = useAnswer('/api/tables', {}, { every_ms: CATALOGUE_EVERY_MS })
  const { view: named } = useAddress()
  const views = useMemo(() => shownViews(catalogue.answer?.tables), [catalogue.answer])
  const view = VIEWS.find(({ name }) => name === (named || 'now'))
  return (
    <CatalogueContext value={catalogue}>
      <FiguresContext value={figures}>
        <a className="skip-link" href="#content">
          Skip to content
        </a>
        <div className="frame">
          <Navigation current={view?.name} views={views} />
          <Content view={view} />
        </div>
        {tokenWanted !== 'not wanted' && <TokenDialog wanted={tokenWanted} />}
      </FiguresContext>
    </CatalogueContext>
  )
}

/** Those whose tables exist; until that is known, those that need none. */
function shownViews(tables: readonly { readonly name: string }[] | undefined): readonly View[] {
  const known = new Set(tables?.map(({ name }) => name))
  return VIEWS.filter((view) => view.tables.every((table) => known.has(table)))
}

function Content({ view }: { readonly view: View | undefined }) {
  const place = useRef<HTMLElement>(null)
  const shown = useRef<string>(undefined)
  const name = view?.name
  useEffect(() => {
    document.title = view ? `${view.title} · Clickpath` : 'Clickpath'
    // Who goes to another view begins reading at its top; who opens the page begins at the page's.
    if (shown.current !== undefined && shown.current !== name) {
      place.current?.focus({ preventScroll: true })
      scrollTo(0, 0)
    }
    shown.current = name
  }, [view, name])
  const Screen = name === undefined ? undefined : SCREENS.get(name)
  return (
    <main className="content" id="content" ref={place} tabIndex={-1}>
      <Catch key={name}>
        <Suspense fallback={<Waiting height={400} />}>
          {Screen ? <Screen /> : <NoSuchView />}
        </Suspense>
      </Catch>
    </main>
  )
}
