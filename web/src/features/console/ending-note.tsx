import { Timer, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import type { Ending } from '@/features/console/limits'
import { cn } from '@/lib/cn'
import { formatClock } from '@/lib/format'

type EndingNoteProps = {
  ending: Ending | null
  /** The toolbar lies over the picture's upper edge. */
  below: boolean
  onStay: () => void
}

/** Says that the console closes within a minute. Where idleness is the cause, one button keeps it open. */
export function EndingNote({ ending, below, onStay }: EndingNoteProps) {
  const { t } = useTranslation()
  const [hidden, setHidden] = useState(false)
  if (!ending && hidden) setHidden(false)
  return (
    <>
      {/* Said once when it begins: the seconds that tick are for the eye. */}
      <p role="alert" className="sr-only">
        {ending && t(`console.ending_${ending.cause}_said`)}
      </p>
      {ending && !hidden && (
        <div
          className={cn(
            'absolute left-1/2 z-10 flex w-max max-w-[calc(100%-1.5rem)] -translate-x-1/2 animate-fade-in items-center gap-x-3 gap-y-2',
            'rounded-card border border-warning bg-raised py-2 pr-2 pl-3.5 text-text shadow-float max-sm:flex-wrap',
            below ? 'top-14' : 'top-3',
          )}
        >
          <Timer className="size-4 shrink-0 text-warning-text" aria-hidden />
          <p className="min-w-0 max-sm:flex-1">
            <span className="block font-medium">
              {t(`console.ending_${ending.cause}`)}{' '}
              <span className="nums inline-block min-w-10 font-mono">{formatClock(ending.seconds)}</span>
            </span>
            <span className="block text-muted text-table">{t(`console.ending_${ending.cause}_text`)}</span>
          </p>
          {ending.cause === 'idle' ? (
            <Button variant="primary" onClick={onStay} className="max-sm:w-full">
              {t('console.stay')}
            </Button>
          ) : (
            <Button variant="ghost" size="icon" aria-label={t('console.ending_hide')} onClick={() => setHidden(true)}>
              <X className="size-4" aria-hidden />
            </Button>
          )}
        </div>
      )}
    </>
  )
}
