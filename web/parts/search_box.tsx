/** What long lists have: a box to search them, and a button for more rows. */
import './controls.css'
import './search_box.css'

interface SearchBoxProps {
  /** What is searched, for those who listen. */
  readonly name: string
  readonly hint: string
  readonly value: string
  readonly onChange: (value: string) => void
}

export function SearchBox({ name, hint, value, onChange }: SearchBoxProps) {
  return (
    <input
      aria-label={name}
      autoComplete="off"
      className="input search"
      onChange={({ target }) => onChange(target.value)}
      placeholder={hint}
      type="search"
      value={value}
    />
  )
}

export function ShowMore({ onMore }: { readonly onMore: () => void }) {
  return (
    <p className="show-more">
      <button className="button" onClick={onMore} type="button">
        Show more
      </button>
    </p>
  )
}
