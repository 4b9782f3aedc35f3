import { type Columns, fromView, shownColumns, toView } from '@/features/guests/columns'
import type { ListChoice } from '@/features/guests/list-choice'
import { formatSort, parseSort } from '@/features/guests/sort'
import type { SavedView, SavedViewIn } from '@/lib/api/types'

/** How the list looks now: what a saved view keeps, but for its name. */
export type Look = Omit<SavedViewIn, 'name'>

export function lookOf(filter: string, sort: string | undefined, choice: ListChoice, room: number): Look {
  const shown = shownColumns(choice.columns, room)
  return {
    filter: filter.trim(),
    sort: formatSort(parseSort(sort)),
    layout: choice.layout,
    columns: toView(choice.columns, shown),
  }
}

/** Whether the list shows something else than the view keeps. */
export function differs(view: SavedView, look: Look): boolean {
  const columns = (list: SavedView['columns']) => list.map(({ id, width }) => `${id}:${width ?? ''}`).join(' ')
  return (
    view.filter.trim() !== look.filter ||
    formatSort(parseSort(view.sort)) !== look.sort ||
    view.layout !== look.layout ||
    // Cards have none, and a view that keeps none takes any.
    (look.layout === 'table' && view.columns.length > 0 && columns(view.columns) !== columns(look.columns))
  )
}

/** What to choose to look at the list as the view says; columns stay as they are where it keeps none. */
export function choiceOf(view: SavedView, columns: Columns): ListChoice {
  return { layout: view.layout, columns: view.columns.length > 0 ? fromView(view.columns) : columns }
}
