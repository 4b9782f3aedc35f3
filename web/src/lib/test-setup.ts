import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'
import { startI18n } from '@/lib/i18n'

startI18n('en')
afterEach(cleanup)
