/** Catches what a view throws, so that the navigation stays; most often a newer build is there. */
import { Component, type ReactNode } from 'react'
import { Problem } from '../parts/states.tsx'

interface Props {
  readonly children: ReactNode
}

export class Catch extends Component<Props, { readonly failed: string | null }> {
  override state = { failed: null }

  static getDerivedStateFromError(thrown: unknown): { readonly failed: string } {
    return { failed: thrown instanceof Error ? thrown.message : String(thrown) }
  }

  override render(): ReactNode {
    const { failed } = this.state
    if (failed === null) return this.props.children
    const why = 'Perhaps Clickpath was updated since the page was opened.'
    const said = `This view could not be shown (${failed}). ${why}`
    return <Problem action="Load the page anew" onAction={() => location.reload()} said={said} />
  }
}
