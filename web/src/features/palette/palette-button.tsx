import { Search } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Keys } from '@/components/kbd'

/** Opens the palette; wide enough to be found, an icon where there is no room. */
export function PaletteButton({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      aria-label={t('palette.title')}
      aria-keyshortcuts="Control+K Meta+K"
      onClick={onOpen}
      className="flex h-8 items-center gap-2 rounded-control border border-input bg-background px-2.5 text-muted hover:bg-hover max-lg:size-8 max-lg:justify-center max-lg:border-0 max-lg:px-0 max-md:size-10 lg:w-64"
    >
      <Search className="size-4 shrink-0" aria-hidden />
      <span className="flex-1 truncate text-left max-lg:hidden" aria-hidden>
        {t('palette.button')}
      </span>
      <span className="max-lg:hidden" aria-hidden>
        <Keys keys="mod+k" />
      </span>
    </button>
  )
}
