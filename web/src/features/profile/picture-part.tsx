import { ImageUp, Trash2 } from 'lucide-react'
import { type DragEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/components/avatar'
import { ErrorNote, Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Spinner } from '@/components/ui/spinner'
import { PICTURE_TYPES, pictureProblem } from '@/features/profile/picture'
import { useRemovePicture, useSetPicture } from '@/features/profile/queries'
import { asApiError } from '@/lib/api/error'
import type { Me } from '@/lib/api/types'
import { cn } from '@/lib/cn'

/** A picture is sent as soon as it is chosen; meanwhile it already shows. */
export function PicturePart({ user }: { user: Me['user'] }) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [problem, setProblem] = useState<'type' | 'size' | null>(null)
  const set = useSetPicture()
  const remove = useRemovePicture()
  const preview = usePreview(set.isPending ? set.variables : null)
  const take = (file: File | undefined) => {
    if (!file) return
    const found = pictureProblem(file)
    setProblem(found)
    remove.reset()
    set.reset()
    if (!found) set.mutate(file)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }
  return (
    <div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button in it is the first */}
      <div
        onDragOver={event => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cn(
          'flex items-center gap-4 rounded-card border border-dashed p-4 transition-colors duration-[120ms]',
          over ? 'border-primary bg-primary/8' : 'border-input',
        )}
      >
        <span className="relative shrink-0">
          {preview ? (
            <img src={preview} alt="" className="size-16 rounded-full object-cover opacity-60" />
          ) : (
            <Avatar person={user} size={64} />
          )}
          {set.isPending && <Spinner className="absolute inset-0 m-auto size-6" />}
        </span>
        <div className="min-w-0">
          <div className="flex flex-wrap gap-2">
            <Button busy={set.isPending} onClick={() => input.current?.click()}>
              <ImageUp className="size-4" aria-hidden />
              {user.avatar ? t('profile.picture_other') : t('profile.picture_choose')}
            </Button>
            {user.avatar && (
              <Button
                variant="ghost"
                busy={remove.isPending}
                disabled={set.isPending}
                onClick={() => {
                  setProblem(null)
                  set.reset()
                  remove.mutate()
                }}
              >
                <Trash2 className="size-4" aria-hidden />
                {t('profile.picture_remove')}
              </Button>
            )}
          </div>
          <p className="mt-1.5 text-muted text-table">{t('profile.picture_help')}</p>
        </div>
        <input
          ref={input}
          type="file"
          accept={PICTURE_TYPES.join(',')}
          className="hidden"
          tabIndex={-1}
          aria-label={t('profile.picture_choose')}
          onChange={event => {
            take(event.target.files?.[0])
            // So that the same file can be chosen again.
            event.target.value = ''
          }}
        />
      </div>
      {problem && <Note className="mt-3">{t(`profile.picture_${problem}`)}</Note>}
      {set.error && <PictureError error={set.error} />}
      {remove.error && <ErrorNote error={remove.error} className="mt-3" />}
    </div>
  )
}

function PictureError({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const { status } = asApiError(error)
  if (status === 413) return <Note className="mt-3">{t('profile.picture_size')}</Note>
  if (status === 422) return <Note className="mt-3">{t('profile.picture_bad')}</Note>
  return <ErrorNote error={error} className="mt-3" />
}

/** An address for a picture that is not stored yet. */
function usePreview(picture: Blob | null | undefined): string | null {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (!picture) return
    const made = URL.createObjectURL(picture)
    setUrl(made)
    return () => {
      URL.revokeObjectURL(made)
      setUrl(null)
    }
  }, [picture])
  return url
}
