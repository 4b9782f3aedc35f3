import { useQuery } from '@tanstack/react-query'
import { ArrowLeft, Check, ChevronDown, Copy, Star } from 'lucide-react'
import { Fragment, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Choices } from '@/components/ui/choices'
import { Menu, MenuItem } from '@/components/ui/menu'
import { Answer, type Made } from '@/features/explorer/answer-view'
import { CallForm, type Draft } from '@/features/explorer/call-form'
import { type Call, curlOf, pveshOf } from '@/features/explorer/commands'
import { byMethod, fillPath, paramsOf, type Values } from '@/features/explorer/form'
import { isAllowed, MayLine, MaySign } from '@/features/explorer/may'
import { LongText, type Suggestion } from '@/features/explorer/param-field'
import { favouritesQuery, useFavourite } from '@/features/explorer/queries'
import type { ApiNode } from '@/features/explorer/tree'
import type { PveMethod, PveMethodInfo } from '@/lib/api/types'
import { cn } from '@/lib/cn'

type CallViewProps = {
  tenant: string
  server: string
  node: ApiNode
  method: PveMethod | undefined
  onMethod: (method: PveMethod) => void
  /** Another path, or none: back to the list. */
  onPath: (path: string | undefined) => void
  known: (path: string) => boolean
  draft: Draft
  onDraft: (draft: Draft) => void
  suggest: (name: string, values: Values) => readonly Suggestion[]
  made: Made | undefined
  onRun: (info: PveMethodInfo, call: Call) => void
  onTaskLog: ((upid: string) => void) | undefined
}

/** One path: its methods, the form of the chosen one, and the answer. */
export function CallView(props: CallViewProps) {
  const { tenant, server, node, method, onMethod, onPath, known, draft, onDraft, suggest, made, onRun } = props
  const { t } = useTranslation()
  const methods = byMethod(node.methods)
  const info = methods.find(one => one.method === method) ?? methods[0]
  return (
    <div className="flex w-full max-w-5xl flex-col gap-4 px-6 py-4 max-md:px-4">
      <Button variant="ghost" size="sm" className="-ml-2 w-fit lg:hidden" onClick={() => onPath(undefined)}>
        <ArrowLeft className="size-4" aria-hidden />
        {t('explorer.all_paths')}
      </Button>
      <div className="flex items-start gap-3">
        <h2 className="min-w-0 flex-1 font-medium font-mono text-[1rem]/6">
          <PathParts path={node.path} known={known} onPath={onPath} />
        </h2>
        {info && (
          <div className="flex items-center gap-1">
            <Keep tenant={tenant} method={info.method} path={node.path} />
          </div>
        )}
      </div>
      {info ? (
        <>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <Choices
              label={t('explorer.method')}
              value={info.method}
              onChange={onMethod}
              choices={methods.map(one => ({ value: one.method, label: <MethodName info={one} /> }))}
            />
            <CopyMenu server={server} info={info} path={node.path} draft={draft} />
          </div>
          <div className="flex flex-col gap-1.5">
            <p>
              <code className="font-mono text-table">{info.name}</code>
              {info.description && (
                <>
                  {' '}
                  <span className="text-muted">
                    <LongText text={info.description} />
                  </span>
                </>
              )}
            </p>
            <MayLine info={info} />
          </div>
          <CallForm
            key={`${info.method} ${node.path}`}
            path={node.path}
            info={info}
            draft={draft}
            onDraft={onDraft}
            suggest={suggest}
            busy={made?.state === 'running'}
            onRun={() => onRun(info, callOf(info, node.path, draft))}
          />
          <About info={info} />
          <Answer made={made} onTaskLog={props.onTaskLog} />
        </>
      ) : (
        <p className="text-muted">{t('explorer.no_methods')}</p>
      )}
    </div>
  )
}

const callOf = (info: PveMethodInfo, path: string, { values, chosen }: Draft): Call => ({
  method: info.method,
  path: fillPath(path, values),
  params: paramsOf(info, chosen, values),
})

function MethodName({ info }: { info: PveMethodInfo }) {
  return (
    <>
      <span className="font-mono">{info.method}</span>
      {!isAllowed(info.may) && <MaySign may={info.may} />}
    </>
  )
}

/** The path, each part of which leads to where it stands in the tree. */
function PathParts({
  path,
  known,
  onPath,
}: {
  path: string
  known: (path: string) => boolean
  onPath: (path: string) => void
}) {
  const parts = path.split('/').slice(1)
  return (
    <span className="break-words">
      {parts.map((part, index) => {
        const to = `/${parts.slice(0, index + 1).join('/')}`
        const last = index === parts.length - 1
        return (
          <Fragment key={to}>
            <span className="text-muted">/</span>
            <wbr />
            {!last && known(to) ? (
              <button
                type="button"
                onClick={() => onPath(to)}
                className="inline-flex min-h-6 items-center rounded text-muted hover:text-text hover:underline"
              >
                {part}
              </button>
            ) : (
              <span className={cn(part.startsWith('{') && 'text-primary-text', !last && 'text-muted')}>{part}</span>
            )}
          </Fragment>
        )
      })}
    </span>
  )
}

function Keep({ tenant, method, path }: { tenant: string; method: PveMethod; path: string }) {
  const { t } = useTranslation()
  const favourites = useQuery(favouritesQuery(tenant)).data
  const keep = useFavourite(tenant)
  const known = favourites?.find(one => one.method === method && one.path === path)
  const label = known ? t('explorer.unfavourite', { call: `${method} ${path}` }) : t('explorer.favourite')
  return (
    <div className="flex flex-col items-end gap-2">
      <Button
        size="icon"
        variant="ghost"
        aria-label={label}
        aria-pressed={known !== undefined}
        title={label}
        busy={keep.isPending}
        disabled={!favourites}
        onClick={() => keep.mutate({ method, path, known })}
      >
        {!keep.isPending && (
          <Star className={cn('size-4', known ? 'fill-warning text-warning' : 'text-muted')} aria-hidden />
        )}
      </Button>
      {keep.isError && <ErrorNote error={keep.error} />}
    </div>
  )
}

type CopyMenuProps = { server: string; info: PveMethodInfo; path: string; draft: Draft }

/** The call as a command, with what the form has so far. */
function CopyMenu({ server, info, path, draft }: CopyMenuProps) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = (text: string) =>
    void navigator.clipboard?.writeText(text).then(() => {
      setCopied(true)
      setTimeout(() => setCopied(false), 2000)
    })
  const call = callOf(info, path, draft)
  return (
    <Menu
      align="start"
      label={t('explorer.copy_as')}
      trigger={
        <Button size="sm">
          {copied ? (
            <Check className="size-4 text-success-text" aria-hidden />
          ) : (
            <Copy className="size-4" aria-hidden />
          )}
          {copied ? t('common.copied') : t('explorer.copy_as')}
          <ChevronDown className="size-4 text-muted" aria-hidden />
        </Button>
      }
    >
      <MenuItem hint={t('explorer.copy_curl_hint')} onSelect={() => copy(curlOf(call, server, location.origin))}>
        curl
      </MenuItem>
      <MenuItem hint={t('explorer.copy_pvesh_hint')} onSelect={() => copy(pveshOf(call, info.pvesh))}>
        pvesh
      </MenuItem>
    </Menu>
  )
}

/** What PVE itself says about rights and the answer. */
function About({ info: { permissions, returns } }: { info: PveMethodInfo }) {
  const { t } = useTranslation()
  return (
    <details className="text-table">
      <summary className="w-fit cursor-pointer rounded py-1 text-muted hover:text-text">{t('explorer.about')}</summary>
      <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <Fact name={t('explorer.returns')}>{returns}</Fact>
        {permissions && <Fact name={t('explorer.permissions')}>{permissions}</Fact>}
      </dl>
    </details>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 whitespace-pre-line break-words font-mono text-xs/5">{children}</dd>
    </>
  )
}
