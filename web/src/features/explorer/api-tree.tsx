import { SearchX } from 'lucide-react'
import { type Ref, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FullState } from '@/components/full-state'
import { SearchBox } from '@/components/search-box'
import { Tree } from '@/components/tree'
import { Button } from '@/components/ui/button'
import { byMethod } from '@/features/explorer/form'
import { isAllowed, MaySign } from '@/features/explorer/may'
import { type ApiNode, type ApiTree, openRows, parentsOf, searchTree } from '@/features/explorer/tree'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'

type PathsProps = {
  tree: ApiTree
  path: string | undefined
  onPath: (path: string) => void
  search: string
  onSearch: (text: string) => void
  searchRef: Ref<HTMLInputElement>
}

/** All paths of the API, and a search through their names and descriptions. */
export function ApiPaths({ tree, path, onPath, search, onSearch, searchRef }: PathsProps) {
  const { t, i18n } = useTranslation()
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map())
  const [seen, setSeen] = useState<string>()
  // A path that is chosen elsewhere is in sight; afterwards its parents can be closed.
  if (path !== seen) {
    setSeen(path)
    if (path) setToggled(new Map([...toggled, ...parentsOf(path).map(parent => [parent, true] as const)]))
  }
  const text = search.trim()
  const { rows, found } = useMemo(() => {
    const left = text ? searchTree(tree.roots, text) : { roots: tree.roots, found: tree.byPath.size }
    const open = (at: string) => toggled.get(at) ?? text !== ''
    return { rows: openRows(left.roots, open).map(row => ({ ...row, id: row.node.path })), found: left.found }
  }, [tree, text, toggled])
  const toggle = (id: string, open: boolean) => setToggled(new Map(toggled).set(id, open))
  const type = (next: string) => {
    // What was closed while searching for something else must not hide what is found now.
    if (next.trim() !== text) setToggled(new Map(path ? parentsOf(path).map(parent => [parent, true]) : []))
    onSearch(next)
  }
  return (
    <>
      <div className="flex flex-col gap-1.5 px-3 pt-3 pb-2">
        <SearchBox
          ref={searchRef}
          text={search}
          onText={type}
          label={t('explorer.search')}
          wait={150}
          className="w-full"
        />
        <p role="status" className="nums px-1 text-muted text-xs">
          {text
            ? t('explorer.found', { count: found, shown: formatNumber(found, i18n.language) })
            : t('explorer.paths', { count: found, shown: formatNumber(found, i18n.language) })}
        </p>
      </div>
      {rows.length === 0 ? (
        <FullState
          icon={<SearchX aria-hidden />}
          title={t('explorer.none_found')}
          hint={t('explorer.none_found_hint')}
          action={<Button onClick={() => type('')}>{t('list.clear')}</Button>}
          className="py-8"
        />
      ) : (
        <Tree
          label={t('explorer.tree')}
          rows={rows}
          selected={path}
          onSelect={row => {
            if (row.node.methods.length > 0) onPath(row.node.path)
            if (row.open !== undefined && (row.node.methods.length === 0 || !row.open)) toggle(row.id, !row.open)
          }}
          onToggle={(row, open) => toggle(row.id, open)}
          textOf={row => row.node.segment}
          className="flex-1 border-t"
        >
          {row => <NodeFace node={row.node} />}
        </Tree>
      )}
    </>
  )
}

function NodeFace({ node: { segment, methods } }: { node: ApiNode }) {
  const open = methods.some(one => isAllowed(one.may))
  const best = methods.find(one => one.may === 'role') ?? methods[0]
  return (
    <>
      <span className={cn('whitespace-pre font-mono', segment.startsWith('{') && 'text-primary-text italic')}>
        {segment}
      </span>
      {methods.length > 0 && (
        <span className="ml-auto flex shrink-0 items-center gap-1.5 pl-3">
          {!open && best && <MaySign may={best.may} />}
          {byMethod(methods).map(({ method, may }) => (
            <span
              key={method}
              title={method}
              className={cn(
                'font-mono text-[0.6875rem]',
                isAllowed(may) && method !== 'GET' ? 'font-medium text-text' : 'text-muted',
                !isAllowed(may) && 'line-through',
              )}
            >
              {SHORT[method]}
            </span>
          ))}
        </span>
      )}
    </>
  )
}

const SHORT = { GET: 'GET', POST: 'POST', PUT: 'PUT', DELETE: 'DEL' } as const
