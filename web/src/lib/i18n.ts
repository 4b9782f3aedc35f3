import i18next, { type TFunction } from 'i18next'
import { useSyncExternalStore } from 'react'
import { initReactI18next } from 'react-i18next'
import type { Language } from '@/lib/api/types'
import de from '@/locales/de.json'
import en from '@/locales/en.json'

/** One catalogue per language; English is the one that types are taken from. */
const STORED = 'nexus-language'
export const LANGUAGES: readonly { value: Language; label: string }[] = [
  { value: 'en', label: 'English' },
  { value: 'de', label: 'Deutsch' },
]

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: typeof en }
  }
}

function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED)
  if (stored === 'en' || stored === 'de') return stored
  return navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en'
}

export function startI18n(language: Language = firstLanguage()): void {
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: en }, de: { translation: de } },
    interpolation: { escapeValue: false },
  })
  document.documentElement.lang = language
}

export function setLanguage(language: Language): void {
  localStorage.setItem(STORED, language)
  document.documentElement.lang = language
  void i18next.changeLanguage(language)
}

function watchLanguage(changed: () => void): () => void {
  i18next.on('languageChanged', changed)
  return () => i18next.off('languageChanged', changed)
}

const language = () => i18next.language

/**
 * The words and the language, as `useTranslation` gives them, for what stands in rows: hundreds come into sight while
 * one scrolls, and this costs each of them a small part of that.
 */
export function useWords(): { t: TFunction; language: string } {
  return { language: useSyncExternalStore(watchLanguage, language), t: i18next.t }
}
