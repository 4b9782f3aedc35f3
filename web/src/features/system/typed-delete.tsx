import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextField } from '@/components/ui/field'

type TypedDeleteProps = {
  title: string
  consequence: ReactNode
  /** What must be typed; large and small letters are the same. */
  name: string
  /** What the name is, as the label of the field says it. */
  label: string
  confirm: string
  busy: boolean
  /** Something else is missing still. */
  incomplete?: boolean
  children?: ReactNode
  onConfirm: () => void
  onClose: () => void
}

/** Asks before what cannot be undone: the name must be typed. */
export function TypedDelete(props: TypedDeleteProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const same = typed.trim().toLowerCase() === props.name.toLowerCase()
  const ready = same && !props.incomplete
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready && !props.busy) props.onConfirm()
  }
  return (
    <Dialog
      open
      onOpenChange={open => !open && props.onClose()}
      title={props.title}
      footer={
        <>
          <Button variant="ghost" onClick={props.onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            type="submit"
            form="typed-delete"
            variant="destructive"
            busy={props.busy}
            disabled={!ready}
            className="min-w-0"
          >
            <span className="truncate">{props.confirm}</span>
          </Button>
        </>
      }
    >
      <form id="typed-delete" onSubmit={submit} noValidate className="flex flex-col gap-4">
        <div className="text-muted">{props.consequence}</div>
        {props.children}
        <TextField
          label={props.label}
          help={<span className="break-all font-mono">{props.name}</span>}
          value={typed}
          onChange={event => setTyped(event.target.value)}
          autoFocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
      </form>
    </Dialog>
  )
}
