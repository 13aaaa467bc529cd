// Before anything is drawn, so that no page flashes in a theme that the reader does not want.
{
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const show = () => {
    const chosen = localStorage.getItem('clickpath-theme')
    document.documentElement.dataset.theme = chosen ?? (dark.matches ? 'dark' : 'light')
    document.dispatchEvent(new Event('themechange'))
  }
  dark.addEventListener('change', show)
  document.addEventListener('themechosen', show)
  show()
}
