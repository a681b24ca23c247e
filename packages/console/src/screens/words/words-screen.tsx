import { Button, Stack } from '@mantine/core'
import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Screen } from '../../views/screen.tsx'
import { ParkedWords } from './parked-words.tsx'
import { useParkedWords } from './use-parked-words.ts'
import { VocabularySection } from './vocabulary-section.tsx'

export const Route = createLazyRoute('/words')({ component: WordsScreen })

/** What systems' words mean: those that somebody waits for first. What is shown is in the address. */
function WordsScreen() {
  const { t } = useTranslation('words')
  const search = Route.useSearch()
  const navigate = Route.useNavigate()
  const { shown, newCount, show } = useParkedWords()
  return (
    <Screen
      title={t('title')}
      about={t('about')}
      actions={
        newCount > 0 && (
          <Button size="xs" variant="light" onClick={show}>
            {t('common:new', { count: newCount })}
          </Button>
        )
      }
    >
      <Stack gap="xl">
        <ParkedWords words={shown} />
        <VocabularySection
          search={search}
          onChange={(next, how) => void navigate({ search: next, replace: how === 'typed' })}
        />
      </Stack>
    </Screen>
  )
}
