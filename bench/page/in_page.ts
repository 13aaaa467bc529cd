/**
 * What is measured within the page, by the page's own clock, which begins with the navigation: so
 * neither the test program nor its way to the browser is in any figure. Scripts are text: they are
 * the browser's, which this program's types know nothing of.
 */

/**
 * Runs before the page's own scripts.
 * Tricky: a change of the document is not yet seen; two frames later it was drawn.
 */
export const IN_PAGE = `
  globalThis.bench = { figures_ms: null, updates: 0, interaction: null }
  const drawn = () => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))
  })
  new MutationObserver(async () => {
    bench.updates += 1
    if (bench.figures_ms !== null || !document.querySelector('#content .figure-value')) return
    bench.figures_ms = 0
    bench.figures_ms = await drawn()
  }).observe(document, { childList: true, subtree: true, characterData: true })

  bench.expect = (kind) => {
    bench.interaction = new Promise((done) => {
      addEventListener(kind, async ({ timeStamp }) => {
        const seen_ms = await drawn()
        while (document.querySelector('#content [aria-busy="true"]')) await drawn()
        done({ seen_ms: seen_ms - timeStamp, answered_ms: (await drawn()) - timeStamp })
      }, { capture: true, once: true })
    })
  }
`

export const HAS_FIGURES = 'bench.figures_ms > 0'
export const FIGURES_MS = 'bench.figures_ms'
export const UPDATES = 'bench.updates'
export const IS_SETTLED = `document.querySelector('#content .figure-value') !== null
  && document.querySelector('#content [aria-busy="true"]') === null`

/** Bytes as they came over the wire, without headers. */
export const SIZES = `(() => {
  const entries = performance.getEntriesByType('resource')
  const sum = (of) => of.reduce((total, { encodedBodySize }) => total + encodedBodySize, 0)
  const ending = (end) => entries.filter(({ name }) => new URL(name).pathname.endsWith(end))
  return { scripts: ending('.js').length, script: sum(ending('.js')), style: sum(ending('.css')) }
})()`
