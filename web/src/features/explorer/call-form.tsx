import { Play, TriangleAlert } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Combobox } from '@/components/ui/combobox'
import { Reason } from '@/components/ui/tooltip'
import {
  firstValue,
  freeName,
  isNumbered,
  namesOf,
  placesOf,
  problemOf,
  specOf,
  type ValueProblem,
  type Values,
} from '@/features/explorer/form'
import { isAllowed } from '@/features/explorer/may'
import { ParamField, type Suggestion } from '@/features/explorer/param-field'
import type { PveMethodInfo, PveParameter } from '@/lib/api/types'

export type Draft = {
  values: Values
  /** Names of what can be left out and was added. */
  chosen: readonly string[]
  /** Of a call from before: names whose values are not known any more. */
  masked: readonly string[]
}

type CallFormProps = {
  path: string
  info: PveMethodInfo
  draft: Draft
  onDraft: (draft: Draft) => void
  suggest: (name: string, values: Values) => readonly Suggestion[]
  busy: boolean
  /** Everything that must be there is. */
  onRun: () => void
}

/** The form of one call, made from the schema: the path's places, what must be there, and what was added. */
export function CallForm({ path, info, draft, onDraft, suggest, busy, onRun }: CallFormProps) {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [tried, setTried] = useState(0)
  const [added, setAdded] = useState<string>()
  const { values, chosen, masked } = draft
  const places = placesOf(path)
  const names = namesOf(info, chosen)
  const problem = (name: string, spec: PveParameter): ValueProblem | null =>
    masked.includes(name) && !values[name]
      ? { code: 'masked' }
      : problemOf(spec, values[name] ?? '', name === places.at(-1))
  const all = [...places.map(name => [name, placeSpec(info, name)] as const), ...named(info, names)]
  // The first wrong field has the focus once it is marked, and a new one as soon as it is there.
  useEffect(() => {
    if (tried > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [tried])
  useEffect(() => {
    if (!added) return
    const field = form.current?.querySelector(`[data-param="${CSS.escape(added)}"]`)
    field?.querySelector<HTMLElement>('input, select, textarea')?.focus()
  }, [added])
  const set = (name: string, value: string) => onDraft({ ...draft, values: { ...values, [name]: value } })
  const add = (spec: PveParameter) => {
    const name = freeName(spec, names)
    setAdded(name)
    onDraft({ ...draft, chosen: [...chosen, name], values: { ...values, [name]: firstValue(spec) } })
  }
  const remove = (name: string) => {
    const { [name]: _, ...rest } = values
    onDraft({ ...draft, chosen: chosen.filter(one => one !== name), values: rest })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setLeft(new Set(all.map(([name]) => name)))
    if (all.some(([name, spec]) => problem(name, spec))) setTried(tried + 1)
    else onRun()
  }
  const reason = isAllowed(info.may) ? undefined : `${t(`explorer.may_${info.may}`)} ${info.why ?? ''}`.trim()
  return (
    <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-4">
      {all.length > 0 && (
        <div className="grid items-start gap-x-6 gap-y-4 xl:grid-cols-2">
          {all.map(([name, spec]) => (
            <div key={name} data-param={name} className="min-w-0">
              <ParamField
                name={name}
                spec={spec}
                value={values[name] ?? ''}
                onChange={value => set(name, value)}
                onLeave={() => (values[name] ?? '') !== '' && setLeft(new Set(left).add(name))}
                problem={left.has(name) || masked.includes(name) ? problem(name, spec) : null}
                suggestions={suggest(name, values)}
                onRemove={chosen.includes(name) ? () => remove(name) : undefined}
              />
            </div>
          ))}
        </div>
      )}
      <AddParameter info={info} taken={names} onAdd={add} />
      <div className="flex flex-wrap items-center gap-3">
        <Reason text={reason}>
          <Button
            type="submit"
            variant={info.destroys ? 'destructive' : 'primary'}
            busy={busy}
            disabled={reason !== undefined}
          >
            {!busy && <Play className="size-4" aria-hidden />}
            {t('explorer.run', { method: info.method })}
          </Button>
        </Reason>
        {info.destroys && isAllowed(info.may) && (
          <span className="flex items-center gap-1.5 text-muted text-table">
            <TriangleAlert className="size-4 shrink-0 text-warning-text" aria-hidden />
            {t('explorer.destroys')}
          </span>
        )}
      </div>
    </form>
  )
}

const named = (info: PveMethodInfo, names: readonly string[]) =>
  names.flatMap(name => {
    const spec = specOf(info, name)
    return spec ? [[name, spec] as const] : []
  })

/** A schema that forgets a place of its own path still has a field for it. */
function placeSpec(info: PveMethodInfo, name: string): PveParameter {
  return (
    info.parameters.find(spec => spec.in_path && spec.name === name) ?? {
      name,
      type: 'string',
      in_path: true,
      optional: false,
      description: '',
      values: [],
    }
  )
}

type AddProps = { info: PveMethodInfo; taken: readonly string[]; onAdd: (spec: PveParameter) => void }

function AddParameter({ info, taken, onAdd }: AddProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const optional = info.parameters.filter(spec => spec.optional && !spec.in_path)
  const free = optional.filter(spec => isNumbered(spec.name) || !taken.includes(spec.name))
  if (free.length === 0) return null
  const wanted = text.trim().toLowerCase()
  const byName = free.filter(spec => spec.name.toLowerCase().includes(wanted))
  const byWords = free.filter(spec => !byName.includes(spec) && spec.description.toLowerCase().includes(wanted))
  return (
    <div className="max-w-md">
      <Combobox
        label={t('explorer.add')}
        placeholder={t('explorer.add_hint', { count: free.length })}
        text={text}
        onText={setText}
        options={[...byName, ...byWords].map(spec => ({
          key: spec.name,
          value: spec,
          label: spec.name,
          detail: spec.description || undefined,
        }))}
        onChoose={option => {
          setText('')
          onAdd(option.value)
        }}
        empty={text && t('explorer.add_none')}
        over
      />
    </div>
  )
}
