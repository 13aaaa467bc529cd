/** Light, dark, or as the system says. What is drawn by script asks here when it changes. */
import { useSyncExternalStore } from 'react'

const KEY = 'clickpath-theme'

export type ThemeChoice = 'system' | 'light' | 'dark'

const CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark']

function subscribe(listener: () => void): () => void {
  document.addEventListener('themechange', listener)
  return () => document.removeEventListener('themechange', listener)
}

/** What is shown; `theme.js` decides it before anything is drawn. */
export function useTheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () =>
    document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light',
  )
}

export function useThemeChoice(): readonly [ThemeChoice, () => void] {
  const chosen = useSyncExternalStore(subscribe, () => localStorage.getItem(KEY) ?? 'system')
  const choice = CHOICES.find((one) => one === chosen) ?? 'system'
  const next = () => {
    const following = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length] ?? 'system'
    if (following === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, following)
    document.dispatchEvent(new Event('themechosen'))
  }
  return [choice, next]
}
