/** The way between views: a rail beside them, or on small screens a bar with a menu above them. */
import { useEffect, useState } from 'react'
import { Icon } from '../parts/icon.tsx'
import { Link } from '../parts/link.tsx'
import { useAddress } from '../state/address.ts'
import type { View } from '../views/view.ts'
import { ConnectionMark } from './connection.tsx'
import { useThemeChoice } from './theme.ts'

interface NavigationProps {
  readonly views: readonly View[]
  readonly current: string | undefined
}

export function Navigation({ views, current }: NavigationProps) {
  const [menu, setMenu] = useState<'open' | 'closed'>('closed')
  const { view } = useAddress()
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever arrived needs no menu
  useEffect(() => setMenu('closed'), [view])
  useEffect(() => {
    if (menu === 'closed') return
    const close = ({ key }: KeyboardEvent) => key === 'Escape' && setMenu('closed')
    document.addEventListener('keydown', close)
    return () => document.removeEventListener('keydown', close)
  }, [menu])
  return (
    <header className="rail">
      <div className="rail-head">
        <Link className="brand" to="now">
          <img alt="" height={26} src="/icon.svg" width={26} />
          Clickpath
        </Link>
        <button
          aria-controls="views"
          aria-expanded={menu === 'open'}
          className="menu-button"
          onClick={() => setMenu(menu === 'open' ? 'closed' : 'open')}
          type="button"
        >
          <Icon name={menu === 'open' ? 'close' : 'menu'} size={22} />
          <span className="only-read-aloud">Menu</span>
        </button>
      </div>
      <nav aria-label="Views" data-menu={menu} id="views">
        <ul>
          {views.map(({ name, title, icon }) => (
            <li key={name}>
              <Link aria-current={name === current ? 'page' : undefined} to={name}>
                <Icon name={icon} />
                {title}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="rail-foot">
        <ConnectionMark />
        <ThemeButton />
      </div>
    </header>
  )
}

function ThemeButton() {
  const [choice, next] = useThemeChoice()
  const said = `Theme: ${choice === 'system' ? 'as the system' : choice}`
  return (
    <button className="icon-button" onClick={next} title={said} type="button">
      <Icon name={choice} />
      <span className="only-read-aloud">{said}</span>
    </button>
  )
}
