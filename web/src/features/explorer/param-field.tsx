import { X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Combobox, type Option } from '@/components/ui/combobox'
import { PasswordField, SelectField, TextArea, TextField } from '@/components/ui/field'
import { isSecret, looksOdd, type ValueProblem } from '@/features/explorer/form'
import type { PveParameter } from '@/lib/api/types'
import { formatNumber } from '@/lib/format'

export type Suggestion = { value: string; detail?: string | undefined }

type ParamFieldProps = {
  /** As it is sent: `net0` where the schema says `net[n]`. */
  name: string
  spec: PveParameter
  value: string
  onChange: (value: string) => void
  onLeave: () => void
  problem: ValueProblem | null
  suggestions?: readonly Suggestion[] | undefined
  onRemove?: (() => void) | undefined
}

const LONG = /^(description|notes?|comment|ssh-?keys)$/i
/** More would be a list to read through; typing shortens it. */
const SUGGESTED = 30

/** One value of a call, in the control that fits what the schema says about it. */
export function ParamField(props: ParamFieldProps) {
  const { name, spec, value, onChange, onLeave, problem, suggestions, onRemove } = props
  const { t } = useTranslation()
  const problemText = useProblemText()
  const field = {
    label: <code className="break-all font-mono text-table">{name}</code>,
    aside: <Aside name={name} spec={spec} onRemove={onRemove} />,
    error: problem ? problemText(problem) : undefined,
    help: <Help spec={spec} odd={looksOdd(spec, value)} />,
  }
  const input = {
    value,
    onBlur: onLeave,
    spellCheck: false,
    autoComplete: 'off',
    placeholder: spec.default == null ? undefined : t('explorer.preset', { value: spec.default }),
  }
  if (spec.type === 'boolean' || spec.values.length > 0) {
    const values = spec.type === 'boolean' ? ['1', '0'] : spec.values
    return (
      <SelectField {...field} value={value} onBlur={onLeave} onChange={event => onChange(event.target.value)}>
        {!values.includes(value) && <option value={value}>{value || t('explorer.choose')}</option>}
        {values.map(one => (
          <option key={one} value={one}>
            {spec.type === 'boolean' ? (one === '1' ? t('explorer.yes') : t('explorer.no')) : one}
            {one === spec.default && ` · ${t('explorer.is_preset')}`}
          </option>
        ))}
      </SelectField>
    )
  }
  if (spec.type === 'array') {
    return <TextArea {...field} {...input} rows={3} onChange={event => onChange(event.target.value)} />
  }
  if (isSecret(name)) return <PasswordField {...field} {...input} onChange={event => onChange(event.target.value)} />
  if (LONG.test(name)) return <TextArea {...field} {...input} onChange={event => onChange(event.target.value)} />
  if (suggestions && suggestions.length > 0) {
    return (
      <Combobox
        {...field}
        text={value}
        onText={onChange}
        options={fitting(suggestions, value)}
        onChoose={option => onChange(option.value)}
        onBlur={onLeave}
        {...(input.placeholder && { placeholder: input.placeholder })}
        over
      />
    )
  }
  return (
    <TextField
      {...field}
      {...input}
      inputMode={spec.type === 'integer' ? 'numeric' : undefined}
      onChange={event => onChange(event.target.value)}
    />
  )
}

/** Suggestions with the typed text; all of them where it is one already. */
function fitting(suggestions: readonly Suggestion[], text: string): Option<string>[] {
  const wanted = text.trim().toLowerCase()
  const whole = suggestions.some(one => one.value === text)
  return suggestions
    .filter(({ value, detail }) => whole || `${value} ${detail ?? ''}`.toLowerCase().includes(wanted))
    .slice(0, SUGGESTED)
    .map(({ value, detail }) => ({ key: value, value, label: value, detail }))
}

function useProblemText(): (problem: ValueProblem) => string {
  const { t, i18n } = useTranslation()
  return ({ code, limit }) => t(`explorer.value_${code}`, { limit: formatNumber(limit ?? 0, i18n.language) })
}

function Aside({ name, spec, onRemove }: { name: string; spec: PveParameter; onRemove: (() => void) | undefined }) {
  const { t } = useTranslation()
  return (
    <span className="flex shrink-0 items-center gap-1.5">
      <span className="nums text-muted text-xs">{useTypeText()(spec)}</span>
      {onRemove && (
        <Button size="icon-sm" variant="ghost" aria-label={t('explorer.leave_out', { name })} onClick={onRemove}>
          <X className="size-4" aria-hidden />
        </Button>
      )}
    </span>
  )
}

/** "integer, 100 to 999,999,999". */
function useTypeText(): (spec: PveParameter) => string {
  const { t, i18n } = useTranslation()
  const number = (value: number) => formatNumber(value, i18n.language)
  return ({ type, minimum, maximum, max_length, format }) => {
    const parts = [format && type === 'string' ? format : type]
    if (minimum != null && maximum != null) {
      parts.push(t('explorer.between', { from: number(minimum), to: number(maximum) }))
    } else if (minimum != null) parts.push(t('explorer.at_least', { from: number(minimum) }))
    else if (maximum != null) parts.push(t('explorer.at_most', { to: number(maximum) }))
    if (max_length != null) parts.push(t('explorer.signs', { count: max_length }))
    return parts.join(', ')
  }
}

const SHORT = 180

/** The server's own words, as plain text. */
function Help({ spec, odd }: { spec: PveParameter; odd: boolean }) {
  const { t } = useTranslation()
  const { type, description, type_text: form, pattern } = spec
  const lines: ReactNode[] = []
  if (description) lines.push(<LongText key="text" text={description} />)
  if (type === 'array') lines.push(<span key="array">{t('explorer.one_a_line')}</span>)
  if (form && !form.startsWith(`<${type}>`)) {
    lines.push(
      <code key="form" className="break-words font-mono text-xs">
        <LongText text={form} />
      </code>,
    )
  }
  if (odd) {
    lines.push(
      <span key="odd" role="status" className="text-warning-text">
        {t('explorer.odd')} <code className="break-all font-mono text-xs">{pattern}</code>
      </span>,
    )
  }
  return lines.length === 0 ? null : <span className="flex flex-col gap-1">{lines}</span>
}

export function LongText({ text }: { text: string }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const long = text.length > SHORT
  return (
    <span className="whitespace-pre-line break-words">
      {open || !long ? text : `${text.slice(0, SHORT).trimEnd()}…`}
      {long && (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="ml-1 inline-flex min-h-6 items-center rounded text-primary-text hover:underline"
        >
          {open ? t('explorer.less') : t('explorer.more')}
        </button>
      )}
    </span>
  )
}
